package codec

import (
	"bytes"

	"github.com/sluice-bridge/sluice/codec/jsontext"
	"github.com/sluice-bridge/sluice/internal/jsonscan"
)

// A text that holds JSON is an object or a list of objects, as change data capture, outboxes and producers that
// encode twice write it. Most texts are told by how they begin, without a copy.

// nearBytes is how many bytes of a text are looked at first.
const nearBytes = 64

// StringHoldsJSON reports whether the JSON string that opens at i holds JSON.
func StringHoldsJSON(doc []byte, i int) bool {
	var begin [nearBytes]byte
	if !beginsJSON(jsonscan.Unescape(begin[:0], doc[i+1:min(len(doc), i+1+nearBytes)])) {
		return false
	}
	text, _ := jsonscan.Text(doc[i:jsonscan.StringEnd(doc, i)], nil)
	return jsonscan.Valid(jsontext.SkipMark(text))
}

// HoldsJSON reports whether a text holds JSON.
func HoldsJSON(text string) bool {
	return MayHoldJSON(text) && jsonscan.Valid(jsontext.SkipMark([]byte(text)))
}

// MayHoldJSON tells by how the text begins.
func MayHoldJSON(text string) bool {
	var begin [nearBytes]byte
	return beginsJSON(append(begin[:0], text[:min(len(text), nearBytes)]...))
}

// beginsJSON reports whether a text that begins so may hold JSON.
func beginsJSON(begin []byte) bool {
	begin = skipWhite(jsontext.SkipMark(begin))
	if len(begin) == 0 {
		return false
	}
	inner := skipWhite(begin[1:])
	return begin[0] == '{' && bytes.HasPrefix(inner, []byte{'"'}) || begin[0] == '[' && bytes.HasPrefix(inner, []byte{'{'})
}

func skipWhite(b []byte) []byte { return b[jsonscan.SkipSpace(b, 0):] }
