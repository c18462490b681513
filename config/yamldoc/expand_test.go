package yamldoc

import (
	"strings"
	"testing"
)

// A default may hold variables; only those that are needed have to be set.
func TestDefaultOfAVariableMayHoldVariables(t *testing.T) {
	set := map[string]string{"B": "b", "EMPTY": "", "NAME": "x"}
	lookup := func(name string) (string, bool) { v, ok := set[name]; return v, ok }
	for text, want := range map[string]string{
		"${A:-${B}}": "b", "${A:-${EMPTY:-c}}-": "c-", "<${B:-${C}}>": "<b>", "${A:-$${B}}": "${B}", "${A:-x${B}y${NAME}}z": "xbyxz", "${A:-{}}": "{}",
	} {
		if got, err := expand(text, lookup); got != want || err != nil {
			t.Errorf("%s is %q (%v), want %q", text, got, err, want)
		}
	}
	for text, want := range map[string]string{
		"${A:-${C}}": "the environment variable C is not set", "${A:-${B}": `a "${" is never closed`, "${${B}}": "not the name of a variable",
	} {
		if got, err := expand(text, lookup); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s is %q (%v), want an error %q", text, got, err, want)
		}
	}
}
