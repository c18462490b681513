package yamldoc

import (
	"bytes"
	"regexp"
	"strconv"
	"strings"
	"unicode/utf16"

	"go.yaml.in/yaml/v3"
)

const (
	badEscape     = "found invalid Unicode character escape code"
	unknownEscape = "found unknown escape character"
)

// quotedText is a text in single quotes, where it may begin, or in double quotes.
var quotedText = regexp.MustCompile(`(?s)(?:^|[\[{,:\s-])'(?:[^']|'')*'|"(?:[^"\\]|\\.)*"`)

var jsonEscape = regexp.MustCompile(`\\[\\/]|\\u[dD][89abAB][0-9a-fA-F]{2}\\u[dD][c-fC-F][0-9a-fA-F]{2}`)

// rewriteEscapes rewrites the escapes of JSON that YAML does not take: characters in two halves
// (\ud83d\ude00 becomes \U0001f600), and \/. It touches only lines that the YAML reader refuses, and
// there only what is in double quotes: elsewhere such characters stand for themselves.
func rewriteEscapes(data []byte) []byte {
	for jsonEscape.Match(data) {
		err := yaml.Unmarshal(data, new(yaml.Node))
		if err == nil || !strings.Contains(err.Error(), badEscape) && !strings.Contains(err.Error(), unknownEscape) {
			return data
		}
		from := 0 // the line where the text starts that has the escape
		if m := yamlErrorLine.FindStringSubmatch(err.Error()); m != nil {
			line, _ := strconv.Atoi(m[1])
			for ; line > 1; line-- {
				from += bytes.IndexByte(data[from:], '\n') + 1
			}
		}
		rewritten, ok := rewriteLine(data[from:])
		if !ok {
			return data
		}
		data = append(bytes.Clone(data[:from]), rewritten...)
	}
	return data
}

// rewriteLine rewrites the texts that start on the first line with an escape to rewrite.
func rewriteLine(data []byte) (rewritten []byte, ok bool) {
	done, end := 0, len(data)
	for _, at := range quotedText.FindAllIndex(data, -1) {
		if at[0] > end {
			break
		}
		text := data[at[0]:at[1]]
		if text[0] != '"' {
			continue
		}
		plain := jsonEscape.ReplaceAllFunc(text, escapeOfYAML)
		if bytes.Equal(plain, text) {
			continue
		}
		if newline := bytes.IndexByte(data[at[1]:], '\n'); !ok && newline >= 0 {
			end = at[1] + newline
		}
		rewritten, ok = append(append(rewritten, data[done:at[0]]...), plain...), true
		done = at[1]
	}
	return append(rewritten, data[done:]...), ok
}

func escapeOfYAML(escape []byte) []byte {
	switch escape[1] {
	case '/':
		return escape[1:]
	case 'u':
		return joinPair(escape)
	}
	return escape // a backslash
}

func joinPair(pair []byte) []byte {
	high, _ := strconv.ParseUint(string(pair[2:6]), 16, 16)
	low, _ := strconv.ParseUint(string(pair[8:12]), 16, 16)
	digits := strconv.FormatInt(int64(utf16.DecodeRune(rune(high), rune(low))), 16)
	return []byte(`\U` + strings.Repeat("0", 8-len(digits)) + digits)
}
