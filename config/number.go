package config

import (
	"encoding/json"
	"regexp"
	"strings"

	"go.yaml.in/yaml/v3"
)

// decimalNumber is a number with a fraction, an exponent or many digits (YAML 1.2, core schema).
var decimalNumber = regexp.MustCompile(`^-?(\.[0-9]+|[0-9]+(\.[0-9]*)?)([eE][-+]?[0-9]+)?$`)

// plainValue reads a number or a truth value. A number for which YAML has only a double stays as it
// is written: patterns tell more numbers apart than doubles can.
func plainValue(n *yaml.Node) (any, error) {
	var v any
	if err := n.Decode(&v); err != nil {
		return nil, err
	}
	if _, double := v.(float64); double {
		if text, ok := writtenNumber(n.Value); ok {
			return text, nil
		}
	}
	return v, nil
}

// plainText reads a text. The YAML reader takes a number beyond the doubles for one.
func plainText(n *yaml.Node) any {
	if n.Style == 0 {
		if text, ok := writtenNumber(n.Value); ok {
			return text
		}
	}
	return n.Value
}

// writtenNumber drops what YAML allows in a number and JSON does not, but for zeros left out.
func writtenNumber(text string) (json.Number, bool) {
	text = strings.TrimPrefix(strings.ReplaceAll(text, "_", ""), "+")
	return json.Number(text), decimalNumber.MatchString(text)
}
