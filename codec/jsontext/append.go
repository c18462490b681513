package jsontext

import (
	"encoding/base64"
	"encoding/hex"
	"math"
	"strconv"
	"unicode/utf8"
)

// AppendString appends s as a JSON string. Where s is not ascii the caller has to see to it that it
// is UTF-8.
func AppendString[T string | []byte](out []byte, s T) (_ []byte, ascii bool) {
	out = append(out, '"')
	start := 0
	ascii = true
	for i := 0; i < len(s); i++ {
		c := s[i]
		if c >= 0x20 && c != '"' && c != '\\' {
			ascii = ascii && c < utf8.RuneSelf
			continue
		}
		out = append(out, s[start:i]...)
		out = appendEscape(out, c)
		start = i + 1
	}
	out = append(out, s[start:]...)
	return append(out, '"'), ascii
}

// AppendText appends s, which has to be UTF-8, as a JSON string of characters that every service
// takes: U+FFFE and U+FFFF, which SQS and SNS refuse, are escaped like control characters.
func AppendText[T string | []byte](out []byte, s T) []byte {
	out = append(out, '"')
	start := 0
	for i := 0; i < len(s); i++ {
		switch c := s[i]; {
		case c < 0x20 || c == '"' || c == '\\':
			out = appendEscape(append(out, s[start:i]...), c)
			start = i + 1
		case c == 0xEF && i+2 < len(s) && s[i+1] == 0xBF && s[i+2] >= 0xBE:
			out = append(append(out, s[start:i]...), '\\', 'u', 'f', 'f', 'f', 'e'+s[i+2]-0xBE)
			i += 2
			start = i + 1
		}
	}
	out = append(out, s[start:]...)
	return append(out, '"')
}

const hexDigits = "0123456789abcdef"

func appendEscape(out []byte, c byte) []byte {
	switch c {
	case '"', '\\':
		return append(out, '\\', c)
	case '\n':
		return append(out, '\\', 'n')
	case '\r':
		return append(out, '\\', 'r')
	case '\t':
		return append(out, '\\', 't')
	}
	return append(out, '\\', 'u', '0', '0', hexDigits[c>>4], hexDigits[c&15])
}

// AppendFloat appends the shortest number that reads back as f, and a string for what JSON has no
// number for.
func AppendFloat(out []byte, f float64, bits int) []byte {
	switch {
	case math.IsNaN(f):
		return append(out, `"NaN"`...)
	case math.IsInf(f, 1):
		return append(out, `"Infinity"`...)
	case math.IsInf(f, -1):
		return append(out, `"-Infinity"`...)
	}
	// Plain digits within the range that JavaScript prints so.
	format := byte('f')
	if a := math.Abs(f); a != 0 && (a < 1e-6 || a >= 1e21) {
		format = 'e'
	}
	return strconv.AppendFloat(out, f, format, -1, bits)
}

// AppendBase64 appends b as a string.
func AppendBase64(out, b []byte) []byte {
	out = append(out, '"')
	out = base64.StdEncoding.AppendEncode(out, b)
	return append(out, '"')
}

// AppendUUID appends the 16 bytes of a UUID as RFC 9562 writes them, without quotes.
func AppendUUID(b, u []byte) []byte {
	for i, part := range [][]byte{u[:4], u[4:6], u[6:8], u[8:10], u[10:16]} {
		if i > 0 {
			b = append(b, '-')
		}
		b = hex.AppendEncode(b, part)
	}
	return b
}
