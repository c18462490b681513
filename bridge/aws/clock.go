package awsapi

import (
	"net/http"
	"sync/atomic"
	"time"
)

// skewLimit is the clock difference above which a refused signature is put down to it. AWS allows
// five minutes; the SDK corrects from four.
const skewLimit = 4 * time.Minute

// clock is the local time, and the service's as far as its answers show that the two differ.
type clock struct {
	offset atomic.Int64     // nanoseconds to add to the local time
	source func() time.Time // time.Now where nil; for tests
}

func (c *clock) local() time.Time {
	if c.source != nil {
		return c.source()
	}
	return time.Now()
}

// now is the time to sign with.
func (c *clock) now() time.Time { return c.local().Add(time.Duration(c.offset.Load())) }

// learn compares the local time with an answer's Date and returns whether the correction changed,
// so that the same request signed again may be accepted. A correction is dropped when the local
// clock was set right meanwhile.
func (c *clock) learn(h http.Header) bool {
	date, err := http.ParseTime(h.Get("Date"))
	if err != nil {
		return false
	}
	skew := date.Sub(c.local())
	if skew.Abs() <= skewLimit {
		return c.offset.Swap(0) != 0
	}
	was := time.Duration(c.offset.Swap(int64(skew)))
	return (skew - was).Abs() > skewLimit
}
