package yamlconf

import (
	"fmt"
	"regexp"
	"strconv"
	"strings"

	"go.yaml.in/yaml/v3"

	"github.com/sluice-bridge/sluice/config/yamldoc"
	"github.com/sluice-bridge/sluice/internal/excerpt"
)

// SplitList reads a list that was written as one text: a, b.
func SplitList(text string) []string {
	out := []string{}
	for item := range strings.SplitSeq(text, ",") {
		if item = strings.TrimSpace(item); item != "" {
			out = append(out, item)
		}
	}
	return out
}

// InBrackets writes texts as a list, with quotes around what needs them.
func InBrackets(items []string) string {
	written := make([]string, len(items))
	for i, item := range items {
		written[i] = excerpt.Setting(item)
		if !isPlain(item) {
			written[i] = strconv.Quote(written[i])
		}
	}
	return "[" + strings.Join(written, ", ") + "]"
}

var plainItem = regexp.MustCompile(`^[A-Za-z/][A-Za-z0-9._/:-]*$`)

// isPlain reports whether a text means itself without quotes, in brackets too.
func isPlain(text string) bool {
	v, err := yamldoc.Literal(&yaml.Node{Kind: yaml.ScalarNode, Value: text})
	return err == nil && v == text && plainItem.MatchString(text)
}

// inQuotes writes a number or a truth value as the text that was meant. The quotes of YAML are not those of
// a text in an expression, where 007 is 7, and 1.50 is 1.5; and CEL has true, where YAML has TRUE.
func (f Field) inQuotes(in any) string {
	switch {
	case f.condition():
		in = strings.ToLower(fmt.Sprint(in))
	case f.expression():
		return fmt.Sprintf(`'"%v"'`, in)
	}
	return fmt.Sprintf(`"%v"`, in)
}
