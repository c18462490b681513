package jsontext

import (
	"encoding/json"
	"strings"
	"testing"

	"pgregory.net/rapid"
)

// A text reads back as it was, and is written without what SQS and SNS refuse.
func TestAppendedTextReadsBack(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		want := rapid.OneOf(rapid.String(), rapid.StringOf(rapid.SampledFrom([]rune("\x00\x1f\"\\\n\x7f\u0085\uefff\uffbd\ufffd\ufffe\uffff\U0001ffff<&")))).Draw(t, "text")
		text := AppendText(nil, want)
		var got string
		if err := json.Unmarshal(text, &got); err != nil || got != want {
			t.Fatalf("%q is written %s, and read %q (%v)", want, text, got, err)
		}
		if string(AppendText(nil, []byte(want))) != string(text) || strings.ContainsFunc(string(text), func(r rune) bool { return r < 0x20 || r == 0xFFFE || r == 0xFFFF }) {
			t.Fatalf("%q is written %q", want, text)
		}
	})
}
