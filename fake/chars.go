package fake

import (
	"encoding/binary"
	"unicode/utf8"
)

// allowedText says whether b is UTF-8 made only of characters that SQS takes:
// U+9, U+A, U+D, U+20–U+D7FF, U+E000–U+FFFD, U+10000–U+10FFFF (SQS API reference,
// SendMessage).
func allowedText(b []byte) bool {
	const high, control = 0x8080808080808080, 0x2020202020202020
	for i := 0; i < len(b); {
		// Eight printable ASCII bytes at once: no high bit, and subtracting 0x20
		// borrows from none of them.
		for i+8 <= len(b) {
			w := binary.LittleEndian.Uint64(b[i:])
			if (w|(w-control))&high != 0 {
				break
			}
			i += 8
		}
		if i == len(b) {
			return true
		}
		c := b[i]
		if c < utf8.RuneSelf {
			if c < 0x20 && c != '\t' && c != '\n' && c != '\r' {
				return false
			}
			i++
			continue
		}
		r, n := utf8.DecodeRune(b[i:])
		if (r == utf8.RuneError && n == 1) || r == 0xFFFE || r == 0xFFFF {
			return false
		}
		i += n
	}
	return true
}

// validToken says whether b is a group or deduplication id: 1–128 letters,
// digits and ASCII punctuation (SQS API reference, SendMessage).
func validToken(b []byte) bool {
	if len(b) == 0 || len(b) > 128 {
		return false
	}
	for _, c := range b {
		if c <= ' ' || c >= 0x7F {
			return false
		}
	}
	return true
}

// validEntryID says whether b is 1–80 of A-Z a-z 0-9 _ -.
func validEntryID(b []byte) bool {
	if len(b) == 0 || len(b) > 80 {
		return false
	}
	for _, c := range b {
		if !isWord(c) && c != '-' {
			return false
		}
	}
	return true
}

func isWord(c byte) bool {
	return c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c >= '0' && c <= '9' || c == '_'
}
