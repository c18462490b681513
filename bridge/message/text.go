package message

import (
	"encoding/binary"
	"unicode/utf8"
)

// sendable says whether b can be sent as text: valid UTF-8 in the characters SQS and SNS take,
// #x9 | #xA | #xD | #x20 to #xD7FF | #xE000 to #xFFFD | #x10000 to #x10FFFF (Amazon SQS API
// Reference, SendMessage). Everything else would be rejected, or silently altered on the way.
func sendable[T string | []byte](b T) bool {
	i := 0
	for i < len(b) {
		if i+8 <= len(b) && plainASCII(b[i:i+8]) {
			i += 8
			continue
		}
		c := b[i]
		if c < utf8.RuneSelf {
			if c < 0x20 && c != '\t' && c != '\n' && c != '\r' {
				return false
			}
			i++
			continue
		}
		r, size := decodeRune(b[i:])
		if r == utf8.RuneError && size == 1 || r == 0xFFFE || r == 0xFFFF {
			return false
		}
		i += size
	}
	return true
}

// plainASCII says whether eight bytes are all within 0x20 to 0x7F.
func plainASCII[T string | []byte](b T) bool {
	var word [8]byte
	copy(word[:], b)
	w := binary.LittleEndian.Uint64(word[:])
	const high, low = 0x8080808080808080, 0x2020202020202020
	// Subtracting 0x20 from each byte sets its high bit where it borrows; bytes with their own
	// high bit set are excluded first, so that no borrow crosses into a neighbour unseen.
	return w&high == 0 && ((w|high)-low)&high == high
}

func decodeRune[T string | []byte](b T) (rune, int) {
	n := min(len(b), utf8.UTFMax)
	var buf [utf8.UTFMax]byte
	copy(buf[:], b[:n])
	return utf8.DecodeRune(buf[:n])
}

// validID says whether s may be a message group id or deduplication id: 1 to 128 letters, digits
// and ASCII punctuation (Amazon SQS API Reference, SendMessage).
func validID(s []byte) bool {
	if len(s) == 0 || len(s) > maxID {
		return false
	}
	for _, c := range s {
		if c <= ' ' || c >= 0x7F {
			return false
		}
	}
	return true
}

// maxID is the longest message group or deduplication id, in characters.
const maxID = 128
