package config

import (
	"bytes"
	"regexp"
	"strconv"
	"strings"
	"unicode/utf16"

	"go.yaml.in/yaml/v3"
)

const badEscape = "found invalid Unicode character escape code"

var surrogatePair = regexp.MustCompile(`\\u([dD][89abAB][0-9a-fA-F]{2})\\u([dD][c-fC-F][0-9a-fA-F]{2})`)

// JoinSurrogates rewrites characters that JSON escapes as two halves (\ud83d\ude00) in the way of
// YAML (\U0001f600), which takes all other escapes of JSON. Only lines that the YAML reader refuses
// are touched: elsewhere, in single quotes for one, such characters stand for themselves.
func JoinSurrogates(data []byte) []byte {
	for surrogatePair.Match(data) {
		err := yaml.Unmarshal(data, new(yaml.Node))
		if err == nil || !strings.Contains(err.Error(), badEscape) {
			return data
		}
		from := 0 // the line where the text starts that has the escape
		if m := yamlErrorLine.FindStringSubmatch(err.Error()); m != nil {
			line, _ := strconv.Atoi(m[1])
			for ; line > 1; line-- {
				from += bytes.IndexByte(data[from:], '\n') + 1
			}
		}
		at := surrogatePair.FindIndex(data[from:])
		if at == nil {
			return data
		}
		to := from + at[1]
		if end := bytes.IndexByte(data[to:], '\n'); end >= 0 {
			to += end
		} else {
			to = len(data)
		}
		joined := surrogatePair.ReplaceAllFunc(data[from:to], joinPair)
		data = append(append(bytes.Clone(data[:from]), joined...), data[to:]...)
	}
	return data
}

func joinPair(pair []byte) []byte {
	high, _ := strconv.ParseUint(string(pair[2:6]), 16, 16)
	low, _ := strconv.ParseUint(string(pair[8:12]), 16, 16)
	digits := strconv.FormatInt(int64(utf16.DecodeRune(rune(high), rune(low))), 16)
	return []byte(`\U` + strings.Repeat("0", 8-len(digits)) + digits)
}

// YAMLReason says in our words what the YAML reader says of a file.
func YAMLReason(message string) string {
	if message == badEscape {
		return `a text here has an escape that is no character, such as half of a pair like \ud83d\ude00; write both halves, or the character itself`
	}
	return "this is not YAML: " + message
}
