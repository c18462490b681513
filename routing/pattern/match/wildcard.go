package match

import (
	"bytes"
	"errors"
)

// glob is the text of a wildcard test: literals with any text, or none, between them.
type glob [][]byte

// parseGlob reads a text in which * is a wildcard, \* a star and \\ a backslash.
func parseGlob(text string) (glob, error) {
	parts := glob{nil}
	for i := 0; i < len(text); i++ {
		last := len(parts) - 1
		switch c := text[i]; c {
		case '*':
			if i+1 < len(text) && text[i+1] == '*' {
				return nil, errors.New("two wildcards in a row mean no more than one; write one")
			}
			parts = append(parts, nil)
		case '\\':
			if i+1 == len(text) || text[i+1] != '*' && text[i+1] != '\\' {
				return nil, errors.New(`a backslash stands before something else than * and \; write \\ for a backslash`)
			}
			i++
			parts[last] = append(parts[last], text[i])
		default:
			parts[last] = append(parts[last], c)
		}
	}
	return parts, nil
}

func (g glob) match(text []byte) bool {
	first, last := g[0], g[len(g)-1]
	if len(g) == 1 {
		return bytes.Equal(text, first)
	}
	if len(text) < len(first)+len(last) || !bytes.HasPrefix(text, first) || !bytes.HasSuffix(text, last) {
		return false
	}
	text = text[len(first) : len(text)-len(last)]
	for _, part := range g[1 : len(g)-1] {
		at := bytes.Index(text, part)
		if at < 0 {
			return false
		}
		text = text[at+len(part):]
	}
	return true
}
