package yamldoc

import (
	"encoding/json"
	"errors"
	"fmt"
	"regexp"
	"strings"

	"go.yaml.in/yaml/v3"
)

// Truth is true or false, as it is written.
type Truth string

// Holds reports whether it is true.
func (t Truth) Holds() bool { return strings.EqualFold(string(t), "true") }

// Scalar reads a scalar of YAML as the configuration reads it: nil, a bool, a text, or a number in the
// notation of JSON. Its error says what to write instead.
func Scalar(n *yaml.Node) (any, error) {
	switch v, err := Literal(n); v := v.(type) {
	case Truth:
		return v.Holds(), nil
	case json.Number:
		if !IsJSON(v) {
			return nil, fmt.Errorf(NotJSON, v)
		}
		return v, nil
	default:
		return v, err
	}
}

// Literal is Scalar with all as it is written: a truth, and a number in any notation that YAML knows.
// It stays as it is written, since patterns tell more numbers apart than doubles can.
func Literal(n *yaml.Node) (any, error) {
	if err := Misread(n); err != nil {
		return nil, err
	}
	switch n.ShortTag() {
	case "!!null":
		return nil, nil
	case "!!bool":
		return Truth(n.Value), nil
	case "!!int", "!!float":
		return json.Number(n.Value), nil
	case "!!str":
		if n.Style == 0 && yamlNumber.MatchString(n.Value) { // one that the reader does not take for one
			return json.Number(n.Value), nil
		}
	}
	return n.Value, nil
}

// Misread says what is wrong with a scalar of which YAML makes something that nobody means: a tag, or the
// name of an anchor. It quotes nothing: that may be a secret without its quotes.
func Misread(n *yaml.Node) error {
	switch tag := n.ShortTag(); tag {
	case "!!null":
		if n.Anchor != "" && n.Value == "" {
			return errors.New(`what begins with & here marks a value, and there is none; put a text that begins with & in quotes, as in "&x"`)
		}
	case "!!str", "!!timestamp":
	case "!!int", "!!float", "!!bool":
		var v any
		if err := n.Decode(&v); err != nil {
			return fmt.Errorf("the value does not fit its tag %s; remove the tag", tag)
		}
	default:
		if strings.HasPrefix(n.Tag, "!") && !strings.HasPrefix(n.Tag, "!!") {
			return errors.New("a text that begins with ! reads as a tag of YAML; put the whole text in quotes, as in '!value.done', or remove the tag")
		}
		return errors.New("what begins with !! here is a tag of YAML that means nothing; remove it, or put the whole text in quotes")
	}
	return nil
}

var (
	// jsonNumber is the grammar of RFC 8259, section 6.
	jsonNumber = regexp.MustCompile(`^-?(0|[1-9][0-9]*)(\.[0-9]+)?([eE][-+]?[0-9]+)?$`)
	// yamlNumber is what YAML 1.1 or 1.2 takes for a number, though its reader may not.
	yamlNumber = regexp.MustCompile(`^[-+]?(0[xX][0-9a-fA-F_]+|0[oO][0-7_]+|0[bB][01_]+|(\.[0-9_]+|[0-9][0-9_]*(\.[0-9_]*)?)([eE][-+]?[0-9]+)?)$`)
)

// IsJSON reports whether JSON writes a number so. Who writes 01067 means a text or 1067, and YAML reads 567.
func IsJSON(n json.Number) bool { return jsonNumber.MatchString(string(n)) }

// NotJSON is the format of what is said of a number that JSON writes otherwise.
const NotJSON = `JSON writes no number as %s; put it in quotes for a text, "%[1]s", or write the number in decimal digits, like 10 or 0.5`
