package watch

import (
	"fmt"
	"time"

	"github.com/sluice-bridge/sluice/bridge/kafka"
	"github.com/sluice-bridge/sluice/bridge/offsets"
	"github.com/sluice-bridge/sluice/telemetry"
)

const (
	// StuckAfter is how long a partition may hold records, or have some that wait, without any progress before that is
	// reported.
	StuckAfter = time.Minute
	// stuckLook is how often that is looked at.
	stuckLook = time.Second
)

// Settling finds partitions that hold records and make no progress. It goes by their names: a partition
// that is read again from where it stood has made none. It is not safe for concurrent use.
type Settling struct {
	health telemetry.Health
	looked time.Time
	all    map[kafka.TopicPartition]standing
}

// standing is how a partition stands.
type standing struct {
	mark  offsets.Position
	since time.Time
	told  bool
}

// NewSettling returns one that has seen nothing.
func NewSettling(health telemetry.Health) *Settling {
	return &Settling{health: health, all: map[kafka.TopicPartition]standing{}}
}

// Held is what a partition holds.
type Held struct {
	At      kafka.TopicPartition
	Mark    offsets.Position
	Records int64 // in flight
	Behind  int64 // records to the end of the log; -1 where that is not known
	Paused  bool  // nothing is fetched of it
}

// Look looks at what the partitions hold that are owned, if it is time to.
func (s *Settling) Look(held func() []Held, now time.Time) {
	if now.Sub(s.looked) < stuckLook {
		return
	}
	s.looked = now
	s.see(held(), now)
}

// see tells of what stands still, and of what does no longer.
func (s *Settling) see(seen []Held, now time.Time) {
	was := s.all
	s.all = make(map[kafka.TopicPartition]standing, len(seen))
	for _, p := range seen {
		st, known := was[p.At]
		delete(was, p.At)
		// What is told is to be read again, and may hold nothing for a moment.
		idle := p.Records == 0 && (!st.told || p.Behind == 0)
		if !known || p.Mark != st.mark || idle {
			if st.told {
				s.health.Resolve(settlingKey(p.At))
			}
			st = standing{mark: p.Mark, since: now}
		}
		if stands := now.Sub(st.since); stands >= StuckAfter && p.Records > 0 {
			st.told = true
			s.health.Report(settlingKey(p.At), fmt.Sprintf(
				"nothing was settled for %s: the record at offset %d waits, and %d behind it", stands.Round(time.Second), p.Mark.Offset, p.Records-1))
		}
		s.all[p.At] = st
	}
	s.drop(was)
}

// Forget is for when nobody looks any more.
func (s *Settling) Forget() { s.drop(s.all) }

func (s *Settling) drop(gone map[kafka.TopicPartition]standing) {
	for at, st := range gone {
		if st.told {
			s.health.Drop(settlingKey(at))
		}
	}
}

func settlingKey(p kafka.TopicPartition) string { return "progress of " + p.String() }
