// Package pause waits for a while, or until something is tried again.
package pause

import (
	"context"
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
func Tries(ctx context.Context) func(yield func() bool) {
	return func(yield func() bool) {
		wait := 250 * time.Millisecond
		for yield() && For(ctx, wait) {
			wait = min(2*wait, 10*time.Second)
		}
	}
}
