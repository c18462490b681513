package config

import (
	"encoding/json"
	"errors"
	"fmt"
	"strings"

	"go.yaml.in/yaml/v3"
)

// truth is true or false, as it is written.
type truth string

func (t truth) holds() bool { return strings.EqualFold(string(t), "true") }

// Scalar reads a scalar of YAML as the configuration reads it: nil, a bool, a text, or a number in the
// notation of JSON. Its error says what to write instead.
func Scalar(n *yaml.Node) (any, error) {
	switch v, err := readScalar(n); v := v.(type) {
	case truth:
		return v.holds(), nil
	case json.Number:
		if odd(v) {
			return nil, fmt.Errorf(oddNumber, v)
		}
		return v, nil
	default:
		return v, err
	}
}

// readScalar is Scalar with all as it is written: a truth, and a number in any notation that YAML knows.
// It stays as it is written, since patterns tell more numbers apart than doubles can.
func readScalar(n *yaml.Node) (any, error) {
	if err := Misread(n); err != nil {
		return nil, err
	}
	switch n.ShortTag() {
	case "!!null":
		return nil, nil
	case "!!bool":
		return truth(n.Value), nil
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
