package commit

import (
	"time"

	"golang.org/x/time/rate"
)

// Budget bounds how many offsets of partitions the consumer groups of a process commit a second:
// each is a record that the brokers write, replicate and compact. It is safe for concurrent use; nil
// bounds nothing.
type Budget struct {
	limiter *rate.Limiter
}

// NewBudget returns a budget of so many offsets a second.
func NewBudget(perSecond int) *Budget {
	return &Budget{rate.NewLimiter(rate.Limit(perSecond), perSecond)}
}

// spend takes what a commit of so many offsets costs, and returns how long to wait before the next one.
func (b *Budget) spend(offsets int, now time.Time) time.Duration {
	if b == nil {
		return 0
	}
	var rest time.Duration
	for offsets > 0 {
		n := min(offsets, b.limiter.Burst()) // all that may be reserved at once
		rest = b.limiter.ReserveN(now, n).DelayFrom(now)
		offsets -= n
	}
	return rest
}
