package sqs

import (
	"encoding/binary"
	"math/bits"
)

// shortEscapes maps a byte to the letter of its two-byte escape, or to 0 where it has none. In
// valid UTF-8 JSON requires no other escapes than of quote, backslash and control characters
// (RFC 8259, section 7).
var shortEscapes = [256]byte{'"': '"', '\\': '\\', '\b': 'b', '\f': 'f', '\n': 'n', '\r': 'r', '\t': 't'}

const (
	hex = "0123456789abcdef"
	// each and high are the lowest and highest bit of every byte of a word.
	each = 0x0101010101010101
	high = 0x8080808080808080
	// wordBytes is how far one step may write past what it adds.
	wordBytes = 8
)

// special marks, by its lowest set bit, the first byte of a little-endian word that needs an
// escape; zero means that none does. Borrows only run upwards, so that bit is exact.
func special(w uint64) uint64 {
	quote := w ^ each*'"'
	backslash := w ^ each*'\\'
	return ((w-each*0x20)&^w | (quote-each)&^quote | (backslash-each)&^backslash) & high
}

// stretch is how much is escaped at once: for a part of a large body twice as much room is asked for,
// not for all of it.
const stretch = 32 << 10

// appendEscaped appends src as the inside of a JSON string. src is valid UTF-8, and decoding
// yields exactly its bytes.
func appendEscaped[T string | []byte](dst []byte, src T) []byte {
	for len(src) > stretch {
		dst = appendStretch(dst, src[:stretch])
		src = src[stretch:]
	}
	return appendStretch(dst, src)
}

// appendStretch works word by word: copy eight bytes, then back up to the first of them that needs an
// escape.
func appendStretch[T string | []byte](dst []byte, src T) []byte {
	n := len(dst)
	dst = room(dst, n, 2*len(src))
	i := 0
	for i+wordBytes <= len(src) {
		w := wordAt(src, i)
		binary.LittleEndian.PutUint64(dst[n:], w)
		mark := special(w)
		if mark == 0 {
			i += wordBytes
			n += wordBytes
			continue
		}
		clean := bits.TrailingZeros64(mark) / 8
		i += clean
		n += clean
		// The usual escape stands here and not in escapeByte: JSON is a fifth quotes, and the call
		// would double the cost.
		if letter := shortEscapes[src[i]]; letter != 0 {
			d := dst[n : n+2 : n+2]
			d[0], d[1] = '\\', letter
			n += 2
		} else {
			dst, n = escapeByte(dst, n, src[i], len(src)-i)
		}
		i++
	}
	for ; i < len(src); i++ {
		if c := src[i]; c >= 0x20 && c != '"' && c != '\\' {
			dst[n] = c
			n++
			continue
		}
		dst, n = escapeByte(dst, n, src[i], len(src)-i)
	}
	return dst[:n]
}

// wordAt returns eight bytes as a little-endian word; the compiler makes one load of it.
func wordAt[T string | []byte](b T, i int) uint64 {
	b = b[i : i+wordBytes]
	return uint64(b[0]) | uint64(b[1])<<8 | uint64(b[2])<<16 | uint64(b[3])<<24 |
		uint64(b[4])<<32 | uint64(b[5])<<40 | uint64(b[6])<<48 | uint64(b[7])<<56
}

// escapeByte writes the escape of c at n; left is the number of source bytes from c on.
func escapeByte(dst []byte, n int, c byte, left int) ([]byte, int) {
	if letter := shortEscapes[c]; letter != 0 {
		dst[n], dst[n+1] = '\\', letter
		return dst, n + 2
	}
	// Six bytes are more than the two that were reserved for each.
	dst = room(dst, n, 2*left+4)
	copy(dst[n:], `\u00`)
	dst[n+4], dst[n+5] = hex[c>>4], hex[c&15]
	return dst, n + 6
}

// room returns dst at its full capacity, with space for want bytes from n on and one step's excess.
func room(dst []byte, n, want int) []byte {
	if want += wordBytes; cap(dst)-n < want {
		grown := make([]byte, n, n+n/4+want)
		copy(grown, dst[:n])
		dst = grown
	}
	return dst[:cap(dst)]
}
