package sns

import (
	"net/url"
	"testing"
)

// FuzzEscape checks that the encoding is url.QueryEscape's, which the SDK uses.
func FuzzEscape(f *testing.F) {
	for _, s := range []string{"", "plain-._~", "a b+c&d=e%f", "\x00\x7f\xff", "é漢🙂", `{"a":"b"}`} {
		f.Add([]byte(s))
	}
	f.Fuzz(func(t *testing.T, in []byte) {
		got := appendForm([]byte("abc"), in)
		if want := "abc" + url.QueryEscape(string(in)); string(got) != want {
			t.Fatalf("%q became %q, want %q", in, got, want)
		}
		if text := appendForm(nil, string(in)); string(text) != string(got[3:]) {
			t.Fatalf("as a string %q, as bytes %q", text, got[3:])
		}
	})
}
