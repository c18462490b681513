package awsapi

import (
	"net/http"
	"sync/atomic"
	"time"
)

// skewLimit is the clock difference above which a refused signature is put down to it. AWS allows
// five minutes; the SDK corrects from four.
const skewLimit = 4 * time.Minute

// clock is the local time, corrected by what the service said.
type clock struct {
	offset atomic.Int64 // nanoseconds to add to the local time
}

func (c *clock) now() time.Time { return time.Now().Add(time.Duration(c.offset.Load())) }

// learn compares the local time with an answer's Date and returns whether the correction changed,
// so that the same request signed again may be accepted. A correction is dropped when the local
// clock was set right meanwhile.
func (c *clock) learn(h http.Header, local time.Time) bool {
	date, err := http.ParseTime(h.Get("Date"))
	if err != nil {
		return false
	}
	skew := date.Sub(local)
	if skew.Abs() <= skewLimit {
		return c.offset.Swap(0) != 0
	}
	was := time.Duration(c.offset.Swap(int64(skew)))
	return (skew - was).Abs() > skewLimit
}
