package match

import (
	"testing"
	"unicode"
	"unicode/utf8"
)

// The index looks texts up by their canonical form: both forms of every character must share it.
func TestFoldedFormsShareTheirCanonicalForm(t *testing.T) {
	for r := rune(0); r <= unicode.MaxRune; r++ {
		if !utf8.ValidRune(r) {
			continue
		}
		c := foldChar(r)
		own := string(appendCanonical(nil, []byte(string(r))))
		for _, form := range []string{c.lower, c.upper} {
			if got := string(appendCanonical(nil, []byte(form))); got != own {
				t.Errorf("%q (%U): %q and %q", string(r), r, got, own)
			}
		}
	}
}

func TestFoldedTextIgnoresCase(t *testing.T) {
	for _, c := range []struct {
		folded, text string
		want         bool
	}{
		{"abc", "ABC", true}, {"abc", "abcd", false}, {"straße", "STRASSE", true}, {"straße", "strasse", false},
		{"σς", "ΣΣ", true}, {"ς", "σ", false}, {"İ", "i̇", true}, {"𐐀", "𐐨", true}, {"k", "\u212a", false}, {"\u212a", "k", true},
		{"", "", true}, {"é", "É", true}, {"😀", "😀", true},
	} {
		f := foldText(c.folded)
		if got := f.equal([]byte(c.text)); got != c.want {
			t.Errorf("%q equals %q: %v", c.folded, c.text, got)
		}
		if got := f.prefix([]byte(c.text+"|")) == len(c.text); got != c.want {
			t.Errorf("%q starts %q: %v", c.folded, c.text, got)
		}
		if got := f.suffix([]byte("|" + c.text)); c.want && !got {
			t.Errorf("%q ends %q: %v", c.folded, c.text, got)
		}
	}
}
