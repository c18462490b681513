package config

import (
	"encoding/json"
	"regexp"
)

var (
	// jsonNumber is the grammar of RFC 8259, section 6.
	jsonNumber = regexp.MustCompile(`^-?(0|[1-9][0-9]*)(\.[0-9]+)?([eE][-+]?[0-9]+)?$`)
	// yamlNumber is what YAML 1.1 or 1.2 takes for a number, though its reader may not.
	yamlNumber = regexp.MustCompile(`^[-+]?(0[xX][0-9a-fA-F_]+|0[oO][0-7_]+|0[bB][01_]+|(\.[0-9_]+|[0-9][0-9_]*(\.[0-9_]*)?)([eE][-+]?[0-9]+)?)$`)
)

// odd reports a number that JSON writes otherwise: who writes 01067 means a text or 1067, and YAML reads
// 567.
func odd(n json.Number) bool { return !jsonNumber.MatchString(string(n)) }

const oddNumber = `JSON writes no number as %s; put it in quotes for a text, "%[1]s", or write the number in decimal digits, like 10 or 0.5`
