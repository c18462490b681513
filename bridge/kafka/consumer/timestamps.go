package consumer

import (
	"context"
	"slices"

	"github.com/twmb/franz-go/pkg/kgo"

	"github.com/sluice-bridge/sluice/bridge/kafka/reader"
)

// doubted are records that were polled, some of which may not have the times that they say.
type doubted struct {
	of      *assignment
	records []*kgo.Record
}

// doubts keeps polled records for restoreTimes where their times, or those of the partition's records before
// them, may not be what they say. Called with the gate read-locked.
func (s *Source) doubts(a *assignment, records []*kgo.Record) bool {
	behind := slices.ContainsFunc(s.doubted, func(d doubted) bool { return d.of == a })
	if !behind && !s.times.Doubtful(records) {
		return false
	}
	s.doubted = append(s.doubted, doubted{a, records})
	return true
}

// restoreTimes has the records wait for their turn that the latest poll has left for it, with the times that
// they say. The gate is free while these are looked up: a rebalance does not wait for that, and what it takes
// away is dropped. So is everything when ctx ends: it is not taken any more.
func (s *Source) restoreTimes(ctx context.Context) {
	if len(s.doubted) == 0 {
		return
	}
	look, cancel := context.WithTimeout(ctx, reader.LookUpTimes)
	defer cancel()
	for _, d := range s.doubted {
		s.times.Restore(look, d.of.part, d.of.highWatermark.Load(), d.records)
		if ctx.Err() != nil {
			break
		}
		s.gate.RLock()
		if s.assigned[d.of.TopicPartition] == d.of {
			s.wait(d.of, d.records)
		}
		s.gate.RUnlock()
		s.polls.Add(1)
	}
	s.doubted = nil
}
