package excerpt

import (
	"strings"
	"testing"
)

func TestFailure(t *testing.T) {
	full := strings.Repeat("x", Limit)
	for text, want := range map[string]string{
		"":              "",
		full:            full,
		full + "x":      full + "…",
		full[1:] + "é":  full[1:] + "…",
		full[2:] + "😀":  full[2:] + "…",
		full[2:] + "éé": full[2:] + "é…",
	} {
		if got := Failure(text); got != want {
			t.Errorf("%d bytes: got %d bytes that end in %q, want %d", len(text), len(got), got[max(0, len(got)-8):], len(want))
		}
	}
	if got := Failure(full + strings.Repeat("\x80", 9)); len(got) > Limit+len("…") {
		t.Errorf("got %d bytes", len(got))
	}
}
