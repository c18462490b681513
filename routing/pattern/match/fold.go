package match

import (
	"bytes"
	"sync"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/cases"
	"golang.org/x/text/language"
)

// foldedText is the text of an equals-ignore-case test: each character in its lower and its upper
// form, of which an event may have either. As in Event Ruler, the forms are Unicode's full ones:
// ß matches SS, and not ss.
type foldedText []foldedChar

type foldedChar struct {
	lower, upper string
}

// folding holds what is not plain about a character's case.
type folding struct {
	foldedChar
	// canonical is alike for all characters that one test may take for each other.
	canonical string
}

// foldingTable are the characters beyond ASCII that have a case.
var foldingTable = sync.OnceValue(func() map[rune]folding {
	lower, upper := cases.Lower(language.Und, cases.HandleFinalSigma(false)), cases.Upper(language.Und)
	table := map[rune]folding{}
	for r := rune(utf8.RuneSelf); r <= unicode.MaxRune; r++ {
		// The characters of these blocks have full forms that simple folding does not know.
		special := r < 0x600 || r >= 0x1e00 && r < 0x2000 || r >= 0xfb00 && r < 0xfb20
		if !special && unicode.SimpleFold(r) == r || !utf8.ValidRune(r) {
			continue
		}
		s := string(r)
		f := folding{foldedChar: foldedChar{lower.String(s), upper.String(s)}}
		// Twice, for ẞ: its lower form ß has an upper form of its own.
		f.canonical = lower.String(upper.String(lower.String(f.upper)))
		if f.lower != s || f.upper != s || f.canonical != s {
			table[r] = f
		}
	}
	return table
})

func foldText(text string) foldedText {
	var folded foldedText
	for _, r := range text {
		folded = append(folded, foldChar(r))
	}
	return folded
}

func foldChar(r rune) foldedChar {
	if r < utf8.RuneSelf {
		return foldedChar{string(unicode.ToLower(r)), string(unicode.ToUpper(r))}
	}
	if f, ok := foldingTable()[r]; ok {
		return f.foldedChar
	}
	return foldedChar{string(r), string(r)}
}

// appendCanonical appends a form of text that is the same for all texts that one equals-ignore-case
// test may match. Texts with the same form need not match; the test decides.
func appendCanonical(dst, text []byte) []byte {
	for i := 0; i < len(text); {
		c := text[i]
		if c < utf8.RuneSelf {
			if c >= 'A' && c <= 'Z' {
				c += 'a' - 'A'
			}
			dst = append(dst, c)
			i++
			continue
		}
		r, size := utf8.DecodeRune(text[i:])
		if f, ok := foldingTable()[r]; ok {
			dst = append(dst, f.canonical...)
		} else {
			dst = append(dst, text[i:i+size]...)
		}
		i += size
	}
	return dst
}

// prefix returns the length of the folded text at the start of a text, or -1.
func (f foldedText) prefix(text []byte) int {
	at := 0
	for _, c := range f {
		switch rest := text[at:]; {
		case hasPrefix(rest, c.lower):
			at += len(c.lower)
		case hasPrefix(rest, c.upper):
			at += len(c.upper)
		default:
			return -1
		}
	}
	return at
}

func (f foldedText) suffix(text []byte) bool {
	for i := len(f) - 1; i >= 0; i-- {
		switch c := f[i]; {
		case hasSuffix(text, c.lower):
			text = text[:len(text)-len(c.lower)]
		case hasSuffix(text, c.upper):
			text = text[:len(text)-len(c.upper)]
		default:
			return false
		}
	}
	return true
}

func (f foldedText) equal(text []byte) bool { return f.prefix(text) == len(text) }

func hasPrefix(b []byte, s string) bool { return len(b) >= len(s) && string(b[:len(s)]) == s }

func hasSuffix(b []byte, s string) bool { return len(b) >= len(s) && string(b[len(b)-len(s):]) == s }

// reversedBytes returns a copy of b, back to front.
func reversedBytes(b []byte) []byte {
	r := bytes.Clone(b)
	for i, j := 0, len(r)-1; i < j; i, j = i+1, j-1 {
		r[i], r[j] = r[j], r[i]
	}
	return r
}
