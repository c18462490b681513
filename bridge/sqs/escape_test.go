package sqs

import (
	"bytes"
	"encoding/json"
	"testing"
	"unicode/utf8"

	"github.com/sluice-bridge/sluice/bridge/message"
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
		room := func() []byte { return append(make([]byte, 0, 3+max(0, spare%64)), "abc"...) }
		wantBack(t, appendEscaped(room(), in), in)
		wantBack(t, appendEscaped(room(), string(in)), in)
	})
}

// wantBack fails the test unless out is "abc" and then what a decoder reads as in.
func wantBack(t *testing.T, out, in []byte) {
	t.Helper()
	var back string
	if string(out[:3]) != "abc" {
		t.Fatalf("what was there is lost: %q", out)
	}
	if err := json.Unmarshal([]byte(`"`+string(out[3:])+`"`), &back); err != nil {
		t.Fatalf("%q became %q: %v", in, out[3:], err)
	}
	if back != string(in) {
		t.Fatalf("%q became %q, which reads %q", in, out[3:], back)
	}
}

// TestControlCharactersAreEscaped has more bytes of the longest escape than were reserved for.
func TestControlCharactersAreEscaped(t *testing.T) {
	in := make([]byte, 1000)
	var back string
	if err := json.Unmarshal([]byte(`"`+string(appendEscaped(nil, in))+`"`), &back); err != nil || back != string(in) {
		t.Fatalf("%v, %d bytes", err, len(back))
	}
}

// A request of one large message takes little more than the message.
func TestLargeBodyTakesLittleMore(t *testing.T) {
	body := bytes.Repeat([]byte(`{"id":17,"text":"some words of it"},`), 1<<20/36)
	b := appendRequest(nil, nil, []*message.Message{{Body: body, Size: len(body)}})
	var request struct{ MessageBody string }
	if err := json.Unmarshal(b[:len(b)-2], &request); err != nil || request.MessageBody != string(body) {
		t.Fatalf("the body is altered: %v", err)
	}
	if most := len(b) + len(b)/2; cap(b) > most {
		t.Errorf("%d bytes take %d", len(b), cap(b))
	}
}
