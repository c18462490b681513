package routing

import (
	"bytes"

	"cel.dev/cel-go/common/types"

	"github.com/sluice-bridge/sluice/codec/jsontext"
)

// A text that holds JSON is an object or a list of objects, as change data capture, outboxes and producers that
// encode twice write it. Most texts are told by how they begin, without a copy.

// near is how many bytes of a text are looked at first.
const near = 64

// isEncoded reports whether the JSON string that opens at i holds JSON.
func isEncoded(doc []byte, i int) bool {
	var begin [near]byte
	if !beginsJSON(unescape(begin[:0], doc[i+1:min(len(doc), i+1+near)])) {
		return false
	}
	text, _ := stringText(doc[i:stringEnd(doc, i)], nil)
	return ValidJSON(jsontext.SkipMark(text))
}

// holdsJSON reports whether a text holds JSON.
func holdsJSON(text string) bool {
	return mayHoldJSON(text) && ValidJSON(jsontext.SkipMark([]byte(text)))
}

// mayHoldJSON tells by how the text begins.
func mayHoldJSON(text string) bool {
	var begin [near]byte
	return beginsJSON(append(begin[:0], text[:min(len(text), near)]...))
}

// wantsDecoding is an error where what a condition looks into, which is that, is a text that holds JSON; else nil. It
// may be asked of one text time and again.
func wantsDecoding(m *meter, is string, text types.String) error {
	if !mayHoldJSON(string(text)) {
		return nil
	}
	m.spend(4 * len(text))
	if !holdsJSON(string(text)) {
		return nil
	}
	return noFields{is, "a text", string(text)}
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

func skipWhite(b []byte) []byte { return b[skipSpace(b, 0):] }
