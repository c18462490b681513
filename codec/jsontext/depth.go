package jsontext

import (
	"bytes"

	"github.com/sluice-bridge/sluice/internal/jsonscan"
)

// MaxDepth is how deep objects and arrays may nest in a value that is read as JSON.
const MaxDepth = jsonscan.MaxDepth

// DeeperThan reports whether raw nests deeper than limit. A document with no more opening
// brackets than the limit cannot, and counting a byte is many times faster than scanning.
func DeeperThan(raw []byte, limit int) bool {
	if bytes.Count(raw, []byte{'['})+bytes.Count(raw, []byte{'{'}) <= limit {
		return false
	}
	depth, quoted := 0, false
	for i := 0; i < len(raw); i++ {
		switch c := raw[i]; {
		case quoted:
			if c == '\\' {
				i++
			} else if c == '"' {
				quoted = false
			}
		case c == '"':
			quoted = true
		case c == '[' || c == '{':
			if depth++; depth > limit {
				return true
			}
		case c == ']' || c == '}':
			depth--
		}
	}
	return false
}
