package excerpt

import (
	"strings"
	"testing"
)

func TestFailureIsCutAtTheLimit(t *testing.T) {
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

func TestSettingLeavesCredentialsOut(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]string{
		"https://u:p@host/x": "https://***@host/x", "htps://u:p/w@d:x@host": "htps://***@host", "u:p@host:9092": "***@host:9092", "https://u: p@host": "https://***@host",
		"https://host/x": "https://host/x", "host:9092": "host:9092", "me@host": "me@host", `a == "x:y" ? "b@c" : ""`: `a == "x:y" ? "b@c" : ""`,
	} {
		if got := Setting(text); got != want {
			t.Errorf("%s: %s, want %s", text, got, want)
		}
	}
}

func TestLineIsASingleLineOfPlainText(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]string{
		"": "", "plain, größe": "plain, größe", "a\nb": `"a\nb"`, "\x1b[2J": `"\x1b[2J"`, "a\u202eb": `"a\u202eb"`, "\u009b": `"\u009b"`, "\xff": `"\xff"`,
	} {
		if got := Line(text); got != want {
			t.Errorf("%q: %s, want %s", text, got, want)
		}
	}
}
