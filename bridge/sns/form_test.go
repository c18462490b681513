package sns

import (
	"bytes"
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

// A large body is the same in stretches, and is not given room for the worst case of all of it.
func TestLargeFormTakesLittleMore(t *testing.T) {
	in := bytes.Repeat([]byte("words and words"), 1<<20/15)
	got := appendForm(make([]byte, 0, len(in)), in)
	if string(got) != url.QueryEscape(string(in)) {
		t.Fatal("it is altered")
	}
	if cap(got) > 2*len(in)+128<<10 {
		t.Errorf("%d bytes take %d", len(got), cap(got))
	}
}
