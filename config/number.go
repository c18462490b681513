package config

import (
	"encoding/json"
	"regexp"

	"go.yaml.in/yaml/v3"
)

var (
	// jsonNumber is the grammar of RFC 8259, section 6.
	jsonNumber = regexp.MustCompile(`^-?(0|[1-9][0-9]*)(\.[0-9]+)?([eE][-+]?[0-9]+)?$`)
	// yamlNumber is what YAML 1.1 or 1.2 takes for a number, though its reader may not.
	yamlNumber = regexp.MustCompile(`^[-+]?(0[xX][0-9a-fA-F_]+|0[oO][0-7_]+|0[bB][01_]+|(\.[0-9_]+|[0-9][0-9_]*(\.[0-9_]*)?)([eE][-+]?[0-9]+)?)$`)
)

// plainValue reads a number or a truth value. A number for which YAML has only a double stays as it
// is written: patterns tell more numbers apart than doubles can.
func plainValue(n *yaml.Node) (any, error) {
	var v any
	if err := n.Decode(&v); err != nil {
		return nil, err
	}
	if _, double := v.(float64); double && jsonNumber.MatchString(n.Value) {
		return json.Number(n.Value), nil
	}
	return v, nil
}

// plainText reads a text. The YAML reader takes a number beyond the doubles for one.
func plainText(n *yaml.Node) any {
	if n.Style == 0 && jsonNumber.MatchString(n.Value) {
		return json.Number(n.Value)
	}
	return n.Value
}

var inPattern = regexp.MustCompile(`^rules\[[0-9]+\]\.(match|headers)\.`)

// odd refuses, in a pattern, a number that JSON writes otherwise: who writes 01067 means a text or 1067,
// and YAML reads 567.
func (r *report) odd(path string, n *yaml.Node) bool {
	if jsonNumber.MatchString(n.Value) || !inPattern.MatchString(path) {
		return false
	}
	switch n.ShortTag() {
	case "!!int", "!!float":
	case "!!str":
		if n.Style != 0 || !yamlNumber.MatchString(n.Value) {
			return false
		}
	default:
		return false
	}
	r.unreadf(path, `JSON writes no number as %s; put it in quotes for a text, "%[1]s", or write the number in decimal digits, like 10 or 0.5`, n.Value)
	return true
}
