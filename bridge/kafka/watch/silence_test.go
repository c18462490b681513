package watch

import (
	"testing"
	"time"
)

// Each look at a silent partition doubles the time to the next one, up to a bound; something that comes makes it short.
func TestSilenceIsLookedAtLessAndLessOften(t *testing.T) {
	t.Parallel()
	var s Silence
	until := func(laden bool) time.Duration {
		for n := 1; ; n++ {
			if s.Grow(time.Second, laden) {
				return time.Duration(n) * time.Second
			}
		}
	}
	for _, seconds := range []int{5, 10, 20, 40, 80, 160, 300, 300} {
		if got, want := until(false), time.Duration(seconds)*time.Second; got != want {
			t.Errorf("looked at after %s, not %s", got, want)
		}
		s.Looked()
	}
	s.Grow(299*time.Second, false)
	s.Rest()
	if s.Grow(time.Second, false) {
		t.Error("what rested counts")
	}
	s = Silence{}
	if got := until(true); got < SilentAfter*ladenSlower {
		t.Errorf("looked at after %s beside polls that take all they may", got)
	}
}
