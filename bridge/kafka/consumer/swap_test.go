package consumer

import (
	"testing"

	"github.com/twmb/franz-go/pkg/kgo"

	"github.com/sluice-bridge/sluice/bridge/kafka"
	"github.com/sluice-bridge/sluice/bridge/kafka/handover"
	"github.com/sluice-bridge/sluice/bridge/offsets"
	"github.com/sluice-bridge/sluice/bridge/offsets/progress"
)

// A group is as far as it has handed over, and further where a destination was sent to before.
func TestGroupIsAsFarAsItHasHandedOver(t *testing.T) {
	s := &Source{assigned: map[kafka.TopicPartition]*assignment{}, leaving: map[kafka.TopicPartition]*assignment{}}
	begin := func(into map[kafka.TopicPartition]*assignment, id int32, mark, next int64, reach progress.Progress, waiting ...int64) {
		a := newAssignment(kafka.TopicPartition{Topic: "t", Partition: id}, "m", offsets.NewTracker("t", id, offsets.TopicIdentity{}, offsets.NewWindow(1, 1)))
		a.part.Begin(offsets.Position{Offset: mark}, reach)
		a.Next.Store(next)
		for _, o := range waiting {
			a.waiting.Records = append(a.waiting.Records, &kgo.Record{Offset: o})
		}
		into[a.TopicPartition] = a
	}
	begin(s.assigned, 0, 5, -1, progress.Progress{})
	begin(s.assigned, 1, 5, 9, progress.Progress{})
	begin(s.assigned, 2, 5, 9, progress.Progress{}, 7, 8)
	begin(s.assigned, 3, 5, 9, progress.Progress{Default: 20, Done: map[string]int64{"a": 5, "b": 30}})
	begin(s.leaving, 4, 5, 9, progress.Progress{})
	begin(s.assigned, 5, offsets.NotBegun, -1, progress.Progress{})
	s.ended = map[kafka.TopicPartition]handover.Position{{Topic: "t", Partition: 0}: {Settled: 3, Read: 3}, {Topic: "t", Partition: 5}: {Settled: 3, Read: 4}, {Topic: "u", Partition: 1}: {Settled: 7, Read: 7}}
	got := s.reached()
	for at, want := range map[kafka.TopicPartition]handover.Position{
		{Topic: "t", Partition: 0}: {Settled: 5, Read: 5, Owned: true},
		{Topic: "t", Partition: 1}: {Settled: 5, Read: 9, Owned: true},
		{Topic: "t", Partition: 2}: {Settled: 5, Read: 7, Owned: true},
		{Topic: "t", Partition: 3}: {Settled: 5, Read: 30, Owned: true},
		{Topic: "t", Partition: 4}: {Settled: 5, Read: 9, Owned: true},
		{Topic: "t", Partition: 5}: {Settled: 3, Read: 4}, // as it was left; it has not begun again
		{Topic: "u", Partition: 1}: {Settled: 7, Read: 7}, // not owned any more
	} {
		is := got[at.Topic][at.Partition]
		if is.Settled != want.Settled || is.Read != want.Read || is.Owned != want.Owned {
			t.Errorf("%v: %v, want %v", at, is, want)
		}
		if uneven := handover.Uneven(map[string]handover.Reached{"g": {at.Topic: {at.Partition: is}}}); uneven != (at == kafka.TopicPartition{Topic: "t", Partition: 3}) {
			t.Errorf("%v: uneven is %v", at, uneven)
		}
	}
}
