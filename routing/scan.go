package routing

import (
	"bytes"
	"unicode/utf16"
	"unicode/utf8"
)

// The scanner walks a JSON document that was validated before: it looks for the ends of things
// and nothing else. On a document that is not valid it may answer anything, but it stays within
// the bytes and comes to an end.

func skipSpace(b []byte, i int) int {
	for i < len(b) && (b[i] == ' ' || b[i] == '\n' || b[i] == '\t' || b[i] == '\r') {
		i++
	}
	return i
}

// stringEnd returns the index after the string that opens at i.
func stringEnd(b []byte, i int) int {
	for at := i + 1; at < len(b); at++ {
		quote := bytes.IndexByte(b[at:], '"')
		if quote < 0 {
			break
		}
		at += quote
		// A quote is escaped by an odd number of backslashes before it.
		slashes := 0
		for k := at - 1; k > i && b[k] == '\\'; k-- {
			slashes++
		}
		if slashes%2 == 0 {
			return at + 1
		}
	}
	return len(b)
}

// valueEnd returns the index after the value that starts at i.
func valueEnd(b []byte, i int) int {
	if i >= len(b) {
		return len(b)
	}
	switch b[i] {
	case '"':
		return stringEnd(b, i)
	case '{', '[':
		return nestedEnd(b, i)
	}
	for i++; i < len(b); i++ {
		switch b[i] {
		case ',', ']', '}', ' ', '\n', '\t', '\r':
			return i
		}
	}
	return i
}

func nestedEnd(b []byte, i int) int {
	for depth := 0; i < len(b); {
		switch b[i] {
		case '"':
			i = stringEnd(b, i)
			continue
		case '{', '[':
			depth++
		case '}', ']':
			if depth--; depth == 0 {
				return i + 1
			}
		}
		i++
	}
	return len(b)
}

// member is one key and value of an object.
type member struct {
	key     []byte // between the quotes
	escaped bool   // key has escapes
	value   int    // where the value starts
}

// nextMember reads the member at i, which stands after the opening brace or after the value
// before. Where there is none it returns the index after the object.
func nextMember(b []byte, i int) (m member, end int, ok bool) {
	i = skipSpace(b, i)
	if i < len(b) && b[i] == ',' {
		i = skipSpace(b, i+1)
	}
	if i >= len(b) || b[i] != '"' {
		return member{}, min(i+1, len(b)), false
	}
	end = stringEnd(b, i)
	m.key = b[i+1 : max(i+1, end-1)]
	m.escaped = bytes.IndexByte(m.key, '\\') >= 0
	i = skipSpace(b, end)
	if i < len(b) && b[i] == ':' {
		i = skipSpace(b, i+1)
	}
	if i >= len(b) {
		return member{}, len(b), false
	}
	m.value = i
	return m, i, true
}

// nextElement is nextMember for an array: it returns where the next element starts.
func nextElement(b []byte, i int) (start int, ok bool) {
	i = skipSpace(b, i)
	if i < len(b) && b[i] == ',' {
		i = skipSpace(b, i+1)
	}
	if i >= len(b) || b[i] == ']' {
		return min(i+1, len(b)), false
	}
	return i, true
}

// stringText returns what stands between the quotes of raw, a JSON string, without copying when
// nothing is escaped; else it appends to buf. The second result is the grown buf.
func stringText(raw, buf []byte) (text, grown []byte) {
	if len(raw) < 2 {
		return nil, buf
	}
	inner := raw[1 : len(raw)-1]
	if bytes.IndexByte(inner, '\\') < 0 {
		return inner, buf
	}
	start := len(buf)
	buf = unescape(buf, inner)
	return buf[start:], buf
}

// unescape appends the text of a JSON string to dst. A surrogate without its pair becomes
// U+FFFD, as in encoding/json.
func unescape(dst, s []byte) []byte {
	for i := 0; i < len(s); i++ {
		if s[i] != '\\' || i+1 >= len(s) {
			dst = append(dst, s[i])
			continue
		}
		i++
		switch s[i] {
		case 'b':
			dst = append(dst, '\b')
		case 'f':
			dst = append(dst, '\f')
		case 'n':
			dst = append(dst, '\n')
		case 'r':
			dst = append(dst, '\r')
		case 't':
			dst = append(dst, '\t')
		case 'u':
			r := hex4(s, i+1)
			i += 4
			if utf16.IsSurrogate(r) {
				if i+2 < len(s) && s[i+1] == '\\' && s[i+2] == 'u' {
					if both := utf16.DecodeRune(r, hex4(s, i+3)); both != utf8.RuneError {
						dst = utf8.AppendRune(dst, both)
						i += 6
						continue
					}
				}
				r = utf8.RuneError
			}
			dst = utf8.AppendRune(dst, r)
		default:
			dst = append(dst, s[i])
		}
	}
	return dst
}

func hex4(s []byte, i int) rune {
	if i+4 > len(s) {
		return utf8.RuneError
	}
	var r rune
	for _, c := range s[i : i+4] {
		switch {
		case c >= '0' && c <= '9':
			r = r<<4 | rune(c-'0')
		case c >= 'a' && c <= 'f':
			r = r<<4 | rune(c-'a'+10)
		case c >= 'A' && c <= 'F':
			r = r<<4 | rune(c-'A'+10)
		default:
			return utf8.RuneError
		}
	}
	return r
}
