// Package limiter says how many requests a lane may have out at once, by how its destination answers. It is pure.
package limiter

import (
	"math"
	"math/rand/v2"
	"time"
)

// Limiter is how many requests a lane may have out at once. It doubles each round trip until
// the first throttles. Throttles halve it, at most once a round trip; it then comes back along a
// curve like CUBIC's (RFC 9438): fast at first, flat where it was cut, and faster again beyond. That
// is a curve of time, so a far destination comes back as soon as a near one.
//
// Below one it means one request, and a pause before the next: a quota may be less than requests
// one after the other, all the more where lanes and instances share it.
//
// A share of throttles that is small does not halve it, and one that is not large does not take it
// below one: a hot partition of a FIFO queue, or a key that others use up, throttles some requests
// however few there are. Other failures halve it only in a row, and many in a row take it below one.
//
// It does not rise where more requests at once only wait for each other (TCP Vegas; RFC 9406). That is
// told by answers to what was sent a round trip ago, so after a cut for it the limit rises only as far as these allow.
type Limiter struct {
	Limit float64
	// Next is before when no request may be made; for a limit below one.
	Next    time.Time
	ceiling float64

	cut    time.Time // the last one; zero before the first
	target float64   // what the limit comes back to
	proven bool      // a request sent since the cut was taken
	share  float64   // of what was sent of late, how much was throttled

	failures int // that were no throttles, with no success since

	left    int           // answers to come in this round trip
	began   float64       // the limit when it began
	earlier float64       // the limit when the one before it began, and what is answered now was sent
	room    float64       // what the limit may be before more is known of latency, where that was why it was last cut; else no bound
	least   time.Duration // latency in it: the least tells of waiting, the others of single slow requests too
	latency time.Duration // the least of the last whole round trip since the cut; 0: none yet
	base    time.Duration // the least of all of them
	held    time.Time     // since when latency holds the limit; zero where it does not
}

const (
	// Starting is small enough not to shock a throttled account. Latency is looked at
	// above it only: few answers say little.
	Starting = 8
	// lowest is about one request a second.
	lowest = 1.0 / 50
	// sample is over how many requests the throttled share is taken.
	sample = 256
	// bearable is the share that halves nothing, and excessive the one that takes the limit below one.
	bearable, Excessive = 0.03, 0.2
	// outage is how many failures in a row take the limit below one.
	outage = 8
	// pace is the pause at a limit of one half; below, it is in inverse proportion.
	pace = 20 * time.Millisecond
	// plateau is how long after a cut the limit is at its target. With few requests it is longer, up
	// to twice that: each time that more is tried may cost a throttle.
	plateau = time.Second
	// doubling is how fast the limit grows from twice the target on: the quota is another than it was.
	doubling = 250 * time.Millisecond
	// less is by how much the target is lowered where the limit was cut for another reason than that
	// it was above the target: who else shares the quota has come to need more, or requests only wait.
	less = 0.75
	// waiting is the latency, in terms of the base, from which on the limit does not rise; but less
	// than noise above the base is not told from noise (as MIN_RTT_THRESH of RFC 9406).
	waiting = 1.5
	noise   = 4 * time.Millisecond
	// reach is how far, in terms of the base, latency may go by what the limit rises before the next is known of it. It
	// is more than waiting, or the limit would stop just short of what tells that requests wait.
	reach = 1.75
	// lookAgain is how long the limit may be held by latency before it is cut. If fewer requests are
	// no faster, the destination itself is slower than it was, and that is the new base.
	lookAgain = 10 * time.Second
)

// New returns one that begins low, and goes up to a ceiling.
func New(most int) Limiter {
	c := float64(max(most, 1))
	return Limiter{Limit: min(c, Starting), ceiling: c, target: math.Inf(1), room: math.Inf(1)}
}

// Allowed returns how many requests may be out.
func (c *Limiter) Allowed() int { return max(1, int(c.Limit)) }

// Weigh notes what part of a request's messages was throttled.
func (c *Limiter) Weigh(throttled float64) { c.share += (throttled - c.share) / sample }

// Succeeded tells that a request sent at the given time was answered, while out requests were under
// way. The limit grows only where it is what holds the lane back.
func (c *Limiter) Succeeded(sent, now time.Time, out int) {
	c.failures = 0
	if sent.Before(c.cut) {
		return
	}
	c.proven = true
	if out < c.Allowed() {
		return
	}
	c.observe(now.Sub(sent))
	switch {
	case c.Limit <= Starting || c.holds():
		c.grow(now)
		c.held = time.Time{}
		c.pause(now)
	case c.held.IsZero():
		c.held = now
	case now.Sub(c.held) >= lookAgain:
		target := c.Limit * less // not less again where it was below the target: it takes as much as it did
		c.halve(now)
		c.target, c.room = target, c.Limit*reach
	}
}

// grow raises the limit by an answer.
func (c *Limiter) grow(now time.Time) {
	most := min(c.Limit+min(c.Limit, 1), c.curve(now.Sub(c.cut)), c.ceiling)
	if c.Limit > Starting {
		most = min(most, c.room)
	}
	c.Limit = max(c.Limit, most)
}

// holds says whether latency is what it was with fewer requests.
func (c *Limiter) holds() bool { return c.latency <= c.slow(waiting) }

// slow returns the latency that is so many times the base, and not to be taken for noise.
func (c *Limiter) slow(times float64) time.Duration {
	return max(time.Duration(times*float64(c.base)), c.base+noise)
}

// Throttled tells of a throttle in a request sent at the given time. Requests that were already out
// when the limit was cut do not cut it again.
func (c *Limiter) Throttled(sent, now time.Time) {
	if !sent.Before(c.cut) && c.share > bearable {
		c.halve(now)
	}
}

// Failed tells that a request sent at the given time failed otherwise, as one before it did, with no
// success between.
func (c *Limiter) Failed(sent, now time.Time) {
	c.failures++
	if !sent.Before(c.cut) {
		c.halve(now)
	}
}

// halve cuts the limit. Cuts in a row leave the target: how much a destination takes is not to be
// learned while it takes nothing.
func (c *Limiter) halve(now time.Time) {
	least := lowest
	if c.share < Excessive && c.failures < outage {
		least = min(c.Limit, 1)
	}
	if c.Limit <= least {
		c.pause(now)
		return
	}
	switch {
	case c.cut.IsZero() || c.proven && c.Limit >= c.target:
		c.target = c.Limit
	case c.proven:
		c.target = c.Limit * less // fast convergence, RFC 9438, 4.7
	}
	c.Limit = max(c.Limit/2, least)
	c.cut, c.proven = now, false
	c.left, c.latency, c.base, c.held = 0, 0, 0, time.Time{}
	c.began, c.room = c.Limit, math.Inf(1)
	c.pause(now)
}

// curve returns what the limit may be so long after the cut: half of the target at first, the
// target at the plateau, and twice the target where it begins to double.
func (c *Limiter) curve(since time.Duration) float64 {
	flat := plateau.Seconds() * min(max(1, 1/c.target), 2)
	x := since.Seconds()/flat - 1
	if far := math.Cbrt(2); x > far {
		return c.target * 2 * math.Exp2((x-far)*flat/doubling.Seconds())
	}
	return c.target * (1 + x*x*x/2)
}

// pause sets when the next request may leave where the limit is below one. That is random, lest lanes
// and instances that share a quota ask for it together, but no burst (equal jitter; AWS Architecture
// Blog, "Exponential Backoff And Jitter").
func (c *Limiter) pause(now time.Time) {
	// Just below one, the mean is no time at all.
	if mean := time.Duration(float64(pace) * (1/c.Limit - 1)); mean > 0 {
		c.Next = now.Add(mean/2 + rand.N(mean)) //nolint:gosec // nothing is kept secret by it
	}
}

// observe notes how long a request took.
func (c *Limiter) observe(took time.Duration) {
	if c.left == 0 {
		c.left, c.least = c.Allowed(), took
		c.earlier, c.began = c.began, c.Limit
	}
	c.least = min(c.least, took)
	if c.left--; c.left > 0 {
		return
	}
	c.latency = c.least
	if c.base == 0 || c.latency < c.base {
		c.base = c.latency
	}
	if !math.IsInf(c.room, 1) {
		// Requests that only wait take longer in proportion to how many are out.
		c.room = c.earlier * float64(c.slow(reach)) / float64(c.latency)
	}
}
