package consumer

import (
	"fmt"
	"time"

	"github.com/sluice-bridge/sluice/bridge/kafka"
	"github.com/sluice-bridge/sluice/bridge/offsets"
	"github.com/sluice-bridge/sluice/telemetry"
)

const (
	// stuckAfter is how long a partition may hold records without any progress before that is
	// told.
	stuckAfter = time.Minute
	// stuckLook is how often that is looked at.
	stuckLook = time.Second
)

// stuck finds partitions that hold records and make no progress. It goes by their names: a partition
// that is read again from where it stood has made none. It belongs to the committer.
type stuck struct {
	health telemetry.Health
	looked time.Time
	all    map[kafka.TopicPartition]standing
}

// standing is how a partition stands.
type standing struct {
	mark  offsets.Mark
	since time.Time
	told  bool
}

func newStuck(health telemetry.Health) *stuck {
	return &stuck{health: health, all: map[kafka.TopicPartition]standing{}}
}

// sight is what is seen of a partition.
type sight struct {
	kafka.TopicPartition
	mark   offsets.Mark
	held   int64 // records in flight
	behind int64 // records to the end of the log; -1 where that is not known
}

func (a *assignment) sight() sight {
	held, _ := a.part.Held()
	behind, known := a.lag()
	if !known {
		behind = -1
	}
	return sight{a.TopicPartition, a.part.Mark(), held, behind}
}

// look looks at the current assignments, if it is time to.
func (s *stuck) look(of []*assignment, now time.Time) {
	if now.Sub(s.looked) < stuckLook {
		return
	}
	s.looked = now
	seen := make([]sight, 0, len(of))
	for _, a := range of {
		seen = append(seen, a.sight())
	}
	s.see(seen, now)
}

// see tells of what stands still, and of what does no longer.
func (s *stuck) see(seen []sight, now time.Time) {
	was := s.all
	s.all = make(map[kafka.TopicPartition]standing, len(seen))
	for _, p := range seen {
		st, known := was[p.TopicPartition]
		delete(was, p.TopicPartition)
		// What is told is to be read again, and may hold nothing for a moment.
		idle := p.held == 0 && (!st.told || p.behind == 0)
		if !known || p.mark != st.mark || idle {
			if st.told {
				s.health.Recovered(stuckKey(p.TopicPartition))
			}
			st = standing{mark: p.mark, since: now}
		}
		if stands := now.Sub(st.since); stands >= stuckAfter && p.held > 0 {
			st.told = true
			s.health.Trouble(stuckKey(p.TopicPartition), fmt.Sprintf(
				"nothing was settled for %s: the record at offset %d waits, and %d behind it", stands.Round(time.Second), p.mark.Offset, p.held-1))
		}
		s.all[p.TopicPartition] = st
	}
	s.drop(was)
}

// forget is for a committer that ends.
func (s *stuck) forget() { s.drop(s.all) }

func (s *stuck) drop(gone map[kafka.TopicPartition]standing) {
	for at, st := range gone {
		if st.told {
			s.health.Forget(stuckKey(at))
		}
	}
}

func stuckKey(p kafka.TopicPartition) string { return "progress of " + p.String() }
