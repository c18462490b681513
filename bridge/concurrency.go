package bridge

import "time"

// concurrency is how many requests a lane may have out at once: it doubles each round trip until
// the first throttle, is halved by a throttle, and then grows by one each round trip (additive
// increase, multiplicative decrease, as in RFC 5681).
type concurrency struct {
	limit   float64
	ceiling float64
	slow    float64 // above it growth is additive
	cut     time.Time
}

// startingConcurrency is small enough not to shock a throttled account and is doubled each round
// trip.
const startingConcurrency = 8

func newConcurrency(most int) concurrency {
	c := float64(max(most, 1))
	return concurrency{limit: min(c, startingConcurrency), ceiling: c, slow: c}
}

// allowed returns how many requests may be out.
func (c *concurrency) allowed() int { return int(c.limit) }

// succeeded tells of an answered request while out requests were under way. The limit grows only
// where it is what holds the lane back.
func (c *concurrency) succeeded(out int) {
	if out < c.allowed() {
		return
	}
	step := 1.0
	if c.limit >= c.slow {
		step = 1 / c.limit
	}
	c.limit = min(c.limit+step, c.ceiling)
}

// overloaded tells of a throttle, or of a failed call, of a request sent at the given time.
// Requests that were already out when the limit was cut do not cut it again.
func (c *concurrency) overloaded(sent, now time.Time) {
	if sent.Before(c.cut) {
		return
	}
	c.cut = now
	c.limit = max(1, c.limit/2)
	c.slow = c.limit
}
