package codec

import (
	"github.com/tidwall/gjson"

	"github.com/sluice-bridge/sluice/codec/jsontext"
)

// Decode reads a record's value. With want false nobody will look into the value, so it is not
// validated and Value.JSON stays nil. Nothing is copied: the result aliases raw.
//
// A value nested deeper than MaxDepth is not taken for JSON. A format with schemas needs a Decoder;
// here its values are not looked into.
func Decode(format Format, raw []byte, want bool) Value {
	v := Value{Raw: raw, Binary: format == FormatBytes}
	if want && (format == FormatJSON || format == "") {
		v.JSON = jsonDocument(raw)
	}
	return v
}

// jsonDocument returns the JSON document that a value is, behind its byte order mark; nil where it is none.
func jsonDocument(raw []byte) []byte {
	if doc := jsontext.SkipMark(raw); validJSON(doc) {
		return doc
	}
	return nil
}

// validJSON checks the depth first because gjson's validation recurses once a level, and a
// goroutine that outgrows its stack takes the process with it.
func validJSON(raw []byte) bool {
	return !jsontext.DeeperThan(raw, jsontext.MaxDepth) && gjson.ValidBytes(raw)
}
