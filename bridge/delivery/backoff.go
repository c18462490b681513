package delivery

import (
	"math/rand/v2"
	"time"
)

// Retry says when a failed send is tried again.
type Retry struct {
	// Initial and Max bound the backoff: the n-th retry waits a random time of up to
	// min(Max, Initial·2ⁿ⁻¹) ("full jitter"; AWS Architecture Blog, "Exponential Backoff And
	// Jitter").
	Initial, Max time.Duration
	// GiveUpAfter is the age of a delivery at which a failure that is not the destination's
	// configuration makes it a dead letter; 0 for never.
	GiveUpAfter time.Duration
}

// ceiling returns the longest wait before retry n, counted from 1.
func (r Retry) ceiling(n int) time.Duration {
	d := r.Initial
	for range n - 1 {
		if d >= r.Max/2 {
			return r.Max
		}
		d *= 2
	}
	return min(d, r.Max)
}

// wait returns how long to wait before retry n, counted from 1.
func (r Retry) wait(n int) time.Duration {
	return time.Duration(rand.Int64N(int64(max(r.ceiling(n), 1))) + 1) //nolint:gosec // nothing is kept secret by it
}
