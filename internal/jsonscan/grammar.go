package jsonscan

import (
	"encoding/binary"
	"math/bits"
)

// MaxDepth is how deep objects and arrays may nest in a value that is read as JSON. It is what
// the JSON readers of the likely consumers allow by default, far above any honest document.
const MaxDepth = 1000

// These functions validate JSON while they step over it, so that reading an event and knowing that
// it is JSON are one pass. They return the index after what they stepped over, or -1 where it is not
// valid. Like most readers they leave bytes that are not UTF-8 in strings alone.

// Valid reports whether doc is one JSON document, nested no deeper than MaxDepth.
func Valid(doc []byte) bool {
	end := PassValue(doc, SkipSpace(doc, 0), 0)
	return end >= 0 && SkipSpace(doc, end) == len(doc)
}

// PassSpace steps over white space, of which there mostly is none.
func PassSpace(b []byte, i int) int {
	if i < len(b) && b[i] <= ' ' {
		return SkipSpace(b, i)
	}
	return i
}

// PassValue steps over the value at i; depth counts what is open around it.
func PassValue(b []byte, i, depth int) int {
	if i >= len(b) {
		return -1
	}
	switch b[i] {
	case '"':
		if end := PassShort(b, i); end > 0 {
			return end
		}
		end, _ := PassString(b, i)
		return end
	case '{', '[':
		return PassNested(b, i, depth)
	}
	return PassScalar(b, i)
}

// PassScalar steps over a number, true, false or null.
func PassScalar(b []byte, i int) int {
	var word string
	switch b[i] {
	case 't':
		word = "true"
	case 'f':
		word = "false"
	case 'n':
		word = "null"
	default:
		return passNumber(b, i)
	}
	if len(b)-i < len(word) || string(b[i:i+len(word)]) != word {
		return -1
	}
	return i + len(word)
}

func passNumber(b []byte, i int) int {
	if b[i] == '-' {
		i++
	}
	start := i
	for i < len(b) && b[i]-'0' <= 9 {
		i++
	}
	if i == start || b[start] == '0' && i > start+1 {
		return -1
	}
	if i < len(b) && b[i] == '.' {
		if i = passDigits(b, i+1); i < 0 {
			return -1
		}
	}
	if i < len(b) && b[i]|0x20 == 'e' {
		if i++; i < len(b) && (b[i] == '+' || b[i] == '-') {
			i++
		}
		return passDigits(b, i)
	}
	return i
}

// passDigits steps over one or more.
func passDigits(b []byte, i int) int {
	start := i
	for i < len(b) && b[i]-'0' <= 9 {
		i++
	}
	if i == start {
		return -1
	}
	return i
}

const (
	onesMask  = 0x0101010101010101
	highsMask = 0x8080808080808080
)

// specialBytes marks quotes, backslashes and control characters among eight bytes. Only its lowest bit can
// be relied on.
func specialBytes(w uint64) uint64 {
	quote, slash := w^(onesMask*'"'), w^(onesMask*'\\')
	return ((quote-onesMask)&^quote | (slash-onesMask)&^slash | (w-onesMask*' ')&^w) & highsMask
}

// plainBytes are the bytes that stand for themselves in a string.
var plainBytes = func() (table [256]bool) {
	for c := ' '; c < 256; c++ {
		table[c] = c != '"' && c != '\\'
	}
	return table
}()

// PassShort steps over a string of a few bytes without escapes, as most keys are; 0 where it is
// something else. For these, going by the byte beats going by eight: the processor guesses the
// length and goes on, where it would have to wait for the result of arithmetic.
func PassShort(b []byte, i int) int {
	end := min(i+16, len(b))
	for i++; i < end; i++ {
		if c := b[i]; !plainBytes[c] {
			if c == '"' {
				return i + 1
			}
			return 0
		}
	}
	return 0
}

// PassString steps over the string that opens at i, eight bytes at a time, and tells whether it has
// escapes.
func PassString(b []byte, i int) (end int, escaped bool) {
	for i++; ; {
		for i+8 <= len(b) {
			if s := specialBytes(binary.LittleEndian.Uint64(b[i:])); s != 0 {
				i += bits.TrailingZeros64(s) >> 3
				break
			}
			i += 8
		}
		for i < len(b) && b[i] != '"' && b[i] != '\\' && b[i] >= ' ' {
			i++
		}
		if i >= len(b) || b[i] < ' ' {
			return -1, false
		}
		if b[i] == '"' {
			return i + 1, escaped
		}
		if escaped = true; i+1 >= len(b) {
			return -1, false
		}
		switch b[i+1] {
		case '"', '\\', '/', 'b', 'f', 'n', 'r', 't':
			i += 2
		case 'u':
			if i+6 > len(b) || !IsHex(b[i+2]) || !IsHex(b[i+3]) || !IsHex(b[i+4]) || !IsHex(b[i+5]) {
				return -1, false
			}
			i += 6
		default:
			return -1, false
		}
	}
}

// PassNested steps over the object or array that opens at i. It does not recurse: what is open
// stands in a stack of bits.
func PassNested(b []byte, i, depth int) int {
	var objects [MaxDepth/64 + 1]uint64
	level := -1
	var object bool
open:
	if level++; depth+level >= MaxDepth {
		return -1
	}
	if object = b[i] == '{'; object {
		objects[level>>6] |= 1 << (level & 63)
	} else {
		objects[level>>6] &^= 1 << (level & 63)
	}
	if i = PassSpace(b, i+1); i >= len(b) {
		return -1
	}
	if object && b[i] == '}' || !object && b[i] == ']' {
		goto end
	}
next:
	if object {
		if i >= len(b) || b[i] != '"' {
			return -1
		}
		if end := PassShort(b, i); end > 0 {
			i = end
		} else if i, _ = PassString(b, i); i < 0 {
			return -1
		}
		if i >= len(b) || b[i] != ':' {
			if i = PassSpace(b, i); i >= len(b) || b[i] != ':' {
				return -1
			}
		}
		i = PassSpace(b, i+1)
	}
	if i >= len(b) {
		return -1
	}
	switch b[i] {
	case '"':
		if end := PassShort(b, i); end > 0 {
			i = end
		} else {
			i, _ = PassString(b, i)
		}
	case '{', '[':
		goto open
	default:
		i = PassScalar(b, i)
	}
	if i < 0 {
		return -1
	}
after:
	// What documents without white space have comes first.
	if i < len(b) && b[i] == ',' {
		i = PassSpace(b, i+1)
		goto next
	}
	if i = PassSpace(b, i); i >= len(b) {
		return -1
	}
	switch {
	case b[i] == ',':
		i = PassSpace(b, i+1)
		goto next
	case object && b[i] == '}' || !object && b[i] == ']':
	default:
		return -1
	}
end:
	i++
	if level--; level < 0 {
		return i
	}
	object = objects[level>>6]>>(level&63)&1 == 1
	goto after
}
