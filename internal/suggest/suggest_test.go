package suggest

import "testing"

func TestDistanceCountsEdits(t *testing.T) {
	for _, c := range []struct {
		a, b string
		want int
	}{
		{"", "", 0}, {"", "abc", 3}, {"abc", "", 3}, {"strict", "strict", 0},
		{"strickt", "strict", 1}, {"gruop", "group", 1}, {"linger", "ginler", 2}, {"ab", "ba", 1}, {"kitten", "sitting", 3},
	} {
		if got := Distance(c.a, c.b); got != c.want {
			t.Errorf("Distance(%q, %q) = %d, want %d", c.a, c.b, got, c.want)
		}
	}
}

func TestNameIsTheClosestKnown(t *testing.T) {
	for _, c := range []struct{ word, want string }{
		{"ledgr", "ledger"}, {"Ledger", "ledger"}, {"alert", "alerts"}, {"queue", ""}, {"", ""},
	} {
		if got := Name(c.word, []string{"alerts", "ledger"}); got != c.want {
			t.Errorf("%s: %q, want %q", c.word, got, c.want)
		}
	}
}
