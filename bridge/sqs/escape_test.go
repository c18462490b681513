package sqs

import (
	"encoding/json"
	"testing"
	"unicode/utf8"
)

// FuzzEscape checks that a JSON decoder gets back exactly what went in.
func FuzzEscape(f *testing.F) {
	for _, s := range []string{"", "plain", `"`, `\`, "\x00\x1f\x7f", "\t\r\n\b\f", "é漢🙂\u2028", "seven77\"eight", "12345678\\", "\x01\x02\x03\x04\x05\x06\x07\x0e\x0f\x10"} {
		f.Add([]byte(s), 0)
	}
	f.Fuzz(func(t *testing.T, in []byte, spare int) {
		if !utf8.Valid(in) {
			t.Skip("a body is valid UTF-8")
		}
		prefix := make([]byte, 3, 3+max(0, spare%64))
		copy(prefix, "abc")
		for name, out := range map[string][]byte{
			"bytes":  appendEscaped(prefix, in),
			"string": appendEscapedString(prefix, string(in)),
		} {
			var back string
			if string(out[:3]) != "abc" {
				t.Fatalf("%s: what was there is lost: %q", name, out)
			}
			if err := json.Unmarshal([]byte(`"`+string(out[3:])+`"`), &back); err != nil {
				t.Fatalf("%s: %q became %q: %v", name, in, out[3:], err)
			}
			if back != string(in) {
				t.Fatalf("%s: %q became %q, which reads %q", name, in, out[3:], back)
			}
		}
	})
}

// TestEscapeControls has more bytes of the longest escape than were reserved for.
func TestEscapeControls(t *testing.T) {
	in := make([]byte, 1000)
	var back string
	if err := json.Unmarshal([]byte(`"`+string(appendEscaped(nil, in))+`"`), &back); err != nil || back != string(in) {
		t.Fatalf("%v, %d bytes", err, len(back))
	}
}
