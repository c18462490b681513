package delivery

import (
	"testing"
	"time"
)

func TestBackoffCeilingDoublesUpToTheMaximum(t *testing.T) {
	r := Retry{Initial: 100 * time.Millisecond, Max: 30 * time.Second}
	for n, want := range map[int]time.Duration{
		1: 100 * time.Millisecond, 2: 200 * time.Millisecond, 5: 1600 * time.Millisecond,
		9: 25600 * time.Millisecond, 10: 30 * time.Second, 1000: 30 * time.Second, 1 << 40: 30 * time.Second,
	} {
		if got := r.ceiling(n); got != want {
			t.Errorf("retry %d waits up to %v, want %v", n, got, want)
		}
	}
	if got := (Retry{Initial: time.Minute, Max: time.Second}).ceiling(1); got != time.Second {
		t.Errorf("%v above the maximum", got)
	}
}

// Waits are spread over the whole of what is allowed, and are never zero: that would be a hot loop.
func TestBackoffWaitsAreSpreadAndNeverZero(t *testing.T) {
	r := Retry{Initial: 100 * time.Millisecond, Max: time.Second}
	for _, n := range []int{1, 3, 10} {
		limit := r.ceiling(n)
		low, high := limit, time.Duration(0)
		for range 2000 {
			w := r.wait(n)
			if w <= 0 || w > limit {
				t.Fatalf("retry %d waits %v of up to %v", n, w, limit)
			}
			low, high = min(low, w), max(high, w)
		}
		if low > limit/20 || high < limit*19/20 {
			t.Errorf("retry %d waits between %v and %v of %v", n, low, high, limit)
		}
	}
	if w := (Retry{}).wait(1); w <= 0 {
		t.Errorf("no backoff waits %v", w)
	}
}
