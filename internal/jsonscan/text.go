package jsonscan

import (
	"bytes"
	"unicode/utf16"
	"unicode/utf8"
)

// Text returns what stands between the quotes of raw, a JSON string, without copying when
// nothing is escaped; else it appends to buf. The second result is the grown buf.
func Text(raw, buf []byte) (text, grown []byte) {
	if len(raw) < 2 {
		return nil, buf
	}
	inner := raw[1 : len(raw)-1]
	if bytes.IndexByte(inner, '\\') < 0 {
		return inner, buf
	}
	start := len(buf)
	buf = Unescape(buf, inner)
	return buf[start:], buf
}

// Unescape appends the text of a JSON string to dst. A surrogate without its pair becomes
// U+FFFD, as in encoding/json.
func Unescape(dst, s []byte) []byte {
	for i := 0; i < len(s); i++ {
		next := bytes.IndexByte(s[i:], '\\')
		if next < 0 || i+next+1 >= len(s) {
			return append(dst, s[i:]...)
		}
		dst = append(dst, s[i:i+next]...)
		i += next + 1
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
			r := hexRune(s, i+1)
			i += 4
			if utf16.IsSurrogate(r) {
				if i+2 < len(s) && s[i+1] == '\\' && s[i+2] == 'u' {
					if both := utf16.DecodeRune(r, hexRune(s, i+3)); both != utf8.RuneError {
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

func hexRune(s []byte, i int) rune {
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

// IsHex reports whether c is a digit of a hexadecimal number.
func IsHex(c byte) bool {
	return c >= '0' && c <= '9' || c >= 'a' && c <= 'f' || c >= 'A' && c <= 'F'
}
