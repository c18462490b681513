package consumer

import (
	"context"
	"time"

	"github.com/twmb/franz-go/pkg/kgo"

	"github.com/sluice-bridge/sluice/bridge/kafka"
	"github.com/sluice-bridge/sluice/bridge/kafka/watch"
)

// What a poll brings waits with its assignment until the intake has taken it: that works for a slice of
// time only, and stops at a record whose schema is not known yet. Between two slices the gate is free
// for a rebalance, and the loop shows that it is alive. What is not taken when its assignment ends was
// never registered, so whoever reads the partition next reads it again.

const (
	// pollTurn is how long the records of one poll are worked on before those that are left are postponed.
	// Their partitions are paused then, which throws away what is prefetched of them.
	pollTurn = 250 * time.Millisecond
	// postponedTurn bounds the work on what was postponed before the next poll: others may have records.
	postponedTurn = 50 * time.Millisecond
	// schemaAgain is how soon a record is offered again that waits for its schema.
	schemaAgain = 50 * time.Millisecond
)

// wait has records wait for their turn. Called by the poll loop, with the gate read-locked.
func (s *Source) wait(a *assignment, records []*kgo.Record) {
	if len(a.waiting.Records) == 0 {
		s.fresh = append(s.fresh, a)
	}
	a.waiting.Add(records)
}

// work hands to the intake what was polled, a slice of each partition after the other; what takes
// longer than a turn, lacks a schema, or has no room in the window, is postponed, so that the other
// partitions go on.
func (s *Source) work(ctx context.Context) {
	polled := len(s.fresh) > 0
	began := time.Now()
	for len(s.fresh) > 0 && ctx.Err() == nil {
		left := s.fresh[:0]
		late := time.Since(began) >= pollTurn
		for _, a := range s.fresh {
			switch {
			case ctx.Err() != nil: // what is not taken need not be drained
				left = append(left, a)
			case !s.offer(a):
			case late || a.lack.Of != "" || a.part.Full():
				s.postpone(a)
			default:
				left = append(left, a)
			}
		}
		clear(s.fresh[len(left):])
		s.fresh = left
	}
	s.moveBack()
	s.workPostponed(ctx, polled)
	s.complete(time.Now())
}

// offer hands the records of an assignment to the intake, for a slice of time, and says whether some
// are left.
func (s *Source) offer(a *assignment) bool {
	s.gate.RLock()
	defer s.gate.RUnlock()
	if s.assigned[a.TopicPartition] != a || len(a.waiting.Records) == 0 {
		return false // ended since
	}
	taken, lacks := s.intake.Accept(a.part, a.waiting.Records)
	s.polls.Add(1)
	a.waiting.Taken(taken)
	if lacks == "" {
		a.lack.Of = ""
		return len(a.waiting.Records) > 0
	}
	now := time.Now()
	a.again = now.Add(schemaAgain)
	s.lacking(a, lacks, now)
	return len(a.waiting.Records) > 0
}

// postpone pauses a partition until the intake has taken what is there of it, which counts in the window
// until then.
func (s *Source) postpone(a *assignment) {
	s.gate.RLock()
	defer s.gate.RUnlock()
	if s.assigned[a.TopicPartition] != a {
		return
	}
	a.paused.Store(true)
	s.client.PauseFetchPartitions(map[string][]int32{a.Topic: {a.Partition}})
	if s.crowds(a) {
		s.putBack(a)
		return
	}
	a.waiting.Keep()
	s.postponed = append(s.postponed, a)
}

// crowds says whether what waits of a partition would take what others need: they must go on meanwhile. Not of a
// batch that is read alone, as the rest of it comes next. Called with the gate read-locked.
func (s *Source) crowds(a *assignment) bool {
	switch {
	case a.waiting.Kept() || a.alone != nil && !a.alone.Silent:
		return false
	case a.lack.Of != "":
		return s.window.Crowded()
	}
	return a.part.Full() && !a.waiting.Fits()
}

// putBack forgets what waits of a partition where no more may wait: it is read again when there is room.
// Called with the gate read-locked.
func (s *Source) putBack(a *assignment) {
	a.Next.Store(a.waiting.Records[0].Offset)
	a.waiting.Records, a.back = nil, true
	s.back = append(s.back, a)
}

// moveBack has the client read again what was put back. All at once: each move throws away what is
// prefetched of all partitions.
func (s *Source) moveBack() {
	if len(s.back) == 0 {
		return
	}
	s.gate.RLock()
	defer s.gate.RUnlock()
	to := kafka.Positions{}
	for _, a := range s.back {
		if s.assigned[a.TopicPartition] != a {
			continue // ended since
		}
		to.Set(a.TopicPartition, kgo.EpochOffset{Epoch: a.ReadEpoch(), Offset: a.Next.Load()})
		a.Moved()
	}
	clear(s.back)
	s.back = s.back[:0]
	to.Move(s.client)
}

// workPostponed works on what was postponed, in turns. Where the others have something to do, that gets half
// of the time at the most.
func (s *Source) workPostponed(ctx context.Context, others bool) {
	began := time.Now()
	if len(s.postponed) == 0 || others && began.Before(s.postponedFrom) {
		return
	}
	now := began
	for idle := 0; idle < len(s.postponed) && now.Sub(began) < postponedTurn && ctx.Err() == nil; now = time.Now() {
		a := s.postponed[0]
		s.postponed[0], s.postponed = nil, s.postponed[1:]
		if now.Before(a.again) || a.part.Full() {
			s.postponed = append(s.postponed, a)
			idle++
			continue
		}
		idle = 0
		if s.offer(a) {
			s.postponed = append(s.postponed, a)
		}
	}
	s.postponedFrom = now.Add(now.Sub(began))
}

// busy says whether something was postponed that could be worked on at once.
func (s *Source) busy() bool {
	for _, a := range s.postponed {
		if a.lack.Of == "" && !a.part.Full() {
			return true
		}
	}
	return false
}

// schemaTurn is how often one of the partitions is read again that were put back, while no more may wait: as
// it has to be put back where its schema has not come, which throws away what is prefetched of all partitions.
const schemaTurn = time.Second

// lacking notes that a partition waits for schemas, and has since the latest note if it waited then. Of the poll
// loop.
func (s *Source) lacking(a *assignment, lacks string, now time.Time) {
	if a.lack.Note(lacks, now) {
		text := "records wait for " + lacks
		if a.back {
			text += ", or did when they were last read: they are read again in turn, as there is no room for more that waits"
		}
		s.health.Report(watch.LackKey(a.TopicPartition), text)
	}
}

// complete ends the trouble of partitions that have not waited for a schema for some time. Of the poll
// loop.
func (s *Source) complete(now time.Time) {
	s.gate.RLock()
	defer s.gate.RUnlock()
	for _, a := range s.assigned {
		if a.back && a.lack.Of != "" && a.lack.Since(now) >= time.Second {
			s.lacking(a, a.lack.Of, now) // it is not offered again, and waits all the same
		}
		if a.lack.End(a.lack.Of != "" && len(a.waiting.Records) > 0, now) {
			s.health.Resolve(watch.LackKey(a.TopicPartition))
		}
	}
}
