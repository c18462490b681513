package awsapi

import (
	"testing"
	"time"
)

type countedCache int

func (c *countedCache) Invalidate() { *c++ }

// Calls that come together drop credentials once; a clock that is set back keeps no refused ones in use.
func TestInvalidateAfterClockIsSetBack(t *testing.T) {
	var dropped countedCache
	c := &credentials{caches: []invalidator{&dropped}}
	at := time.Date(2026, 1, 1, 12, 0, 0, 0, time.UTC)
	for _, step := range []struct {
		now  time.Time
		want countedCache
	}{
		{at, 1},
		{at.Add(refreshInterval / 2), 1},
		{at.Add(-refreshInterval / 2), 1}, // of a request that was answered before and tells later
		{at.Add(-time.Hour), 2},
		{at.Add(-time.Hour + refreshInterval), 3},
	} {
		if c.invalidate(step.now); dropped != step.want {
			t.Errorf("at %s: dropped %d times, want %d", step.now.Format(time.TimeOnly), dropped, step.want)
		}
	}
}
