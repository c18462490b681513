package codec

import (
	"encoding/json"
	"strings"
)

// pruneAvro takes defaults and aliases out of a schema. A value is read by the schema that it was
// written with, which needs neither; and old schemas have defaults of the wrong type, which
// producers were never told about and a parser would refuse.
//
// Text that is no JSON comes back as it is: the parser says what is wrong with it.
func pruneAvro(text string) string {
	d := json.NewDecoder(strings.NewReader(text))
	d.UseNumber()
	var v any
	if err := d.Decode(&v); err != nil {
		return text
	}
	prune(v)
	out, err := json.Marshal(v)
	if err != nil {
		return text
	}
	return string(out)
}

func prune(v any) {
	switch v := v.(type) {
	case map[string]any:
		delete(v, "default")
		delete(v, "aliases")
		for _, child := range v {
			prune(child)
		}
	case []any:
		for _, child := range v {
			prune(child)
		}
	}
}
