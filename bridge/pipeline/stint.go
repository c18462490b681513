package pipeline

import (
	"time"

	"github.com/twmb/franz-go/pkg/kgo"

	"github.com/sluice-bridge/sluice/bridge/offsets"
)

const (
	// slice is about how long one call of Accept works, whatever the records cost: between two calls a
	// rebalance gets its turn, and so do other partitions.
	slice = 10 * time.Millisecond
	// clockEvery is after how much work the clock is looked at, in bytes read once: after some dozens of
	// ordinary records, and after each that is costly. It takes as long as to read some hundred bytes.
	clockEvery = 128 << 10
)

// stint is how far a call of Accept has come.
type stint struct {
	began time.Time
	work  int // since the clock was looked at last
}

// over notes work that was done, and says whether the slice is over.
func (s *stint) over(work int) bool {
	if s.work += work; s.work < clockEvery {
		return false
	}
	s.work = 0
	return time.Since(s.began) >= slice
}

// work is about how much work the latest record was, with so many messages made of it, in bytes read
// once.
func (p *Pipeline) work(r *kgo.Record, messages int) int {
	return offsets.RecordOverhead + (1+messages)*(len(r.Value)+len(p.event.Value.JSON)) + p.event.Work()
}
