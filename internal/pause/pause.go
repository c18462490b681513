// Package pause waits for a while, or until something is tried again.
package pause

import (
	"context"
	"iter"
	"time"
)

// For waits for d; false where ctx ended first.
func For(ctx context.Context, d time.Duration) bool {
	t := time.NewTimer(d)
	defer t.Stop()
	select {
	case <-t.C:
		return true
	case <-ctx.Done():
		return false
	}
}

// Tries is for what is tried until it succeeds: the loop's body leaves it then. It pauses for 250 ms after the first
// try, and for twice as long each time, up to 10 s, and ends with ctx.
func Tries(ctx context.Context) iter.Seq[int] {
	return func(yield func(int) bool) {
		wait := 250 * time.Millisecond
		for n := 1; yield(n) && For(ctx, wait); n++ {
			wait = min(2*wait, 10*time.Second)
		}
	}
}
