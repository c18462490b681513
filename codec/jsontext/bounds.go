package jsontext

// MaxDecoded bounds a decoded value. A few bytes can claim to be any number of empty items.
const MaxDecoded = 16 << 20

// longText is how long a text is of which it is looked how many escapes it needs, up to six bytes for
// one: less does not matter.
const longText = 64 << 10

// EscapedLen is about how long s is as a JSON string.
func EscapedLen[T string | []byte](s T) int {
	n := len(s) + 2
	if n <= longText {
		return n
	}
	for i := 0; i < len(s); i++ {
		switch c := s[i]; {
		case c == '"' || c == '\\' || c == '\n' || c == '\r' || c == '\t':
			n++
		case c < 0x20:
			n += len(`\u0000`) - 1
		}
	}
	return n
}

// Fits says whether a decoded value may grow by so many bytes.
func Fits(out []byte, n int) bool { return len(out)+n <= MaxDecoded }
