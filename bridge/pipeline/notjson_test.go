package pipeline

import (
	"strings"
	"testing"

	"github.com/twmb/franz-go/pkg/kgo"

	"github.com/sluice-bridge/sluice/codec"
	"github.com/sluice-bridge/sluice/routing"
)

// What a schema decodes to a text that holds JSON is told of as such, and not by the bytes that came.
func TestDecodedTextThatHoldsJSONIsToldAsSuch(t *testing.T) {
	t.Parallel()
	doc := []byte(`"{\"a\":1}"`)
	record := &kgo.Record{Value: append([]byte{0, 0, 0, 0, 7}, doc...)}
	for said, value := range map[string]codec.Value{
		"is not JSON: it is a text that holds JSON":                  {JSON: doc, Raw: record.Value},
		"is not JSON: it begins with a schema id, 7; give the topic": {Raw: record.Value},
	} {
		if err := notJSON(&routing.Event{Record: record, Value: value}); !strings.Contains(err.Error(), said) {
			t.Errorf("%v; want %s", err, said)
		}
	}
}
