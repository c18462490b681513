package expr

import (
	"strings"
	"testing"
	"unicode/utf8"
)

// FuzzExpression tries what is no expression, or fails: what is said of it is one line of text.
func FuzzExpression(f *testing.F) {
	for _, c := range obeyed {
		f.Add(c.slip)
		f.Add(c.instead)
	}
	ev := event(numbersValue)
	f.Fuzz(func(t *testing.T, source string) {
		e, err := Compile(source)
		if err == nil {
			_, _, err = e.Eval(afresh(ev))
		}
		if err != nil && utf8.ValidString(source) && strings.ContainsAny(err.Error(), "\n\r") {
			t.Errorf("%q: %q", source, err)
		}
	})
}
