package kafka

import (
	"testing"

	"github.com/twmb/franz-go/pkg/kgo"

	"github.com/sluice-bridge/sluice/bridge/offsets"
)

// A group is as far as it has handed over, and further where a destination was sent to before.
func TestGroupIsAsFarAsItHasHandedOver(t *testing.T) {
	s := &Source{assigned: map[place]*assignment{}, leaving: map[place]*assignment{}}
	begin := func(into map[place]*assignment, id int32, mark, next int64, reach offsets.Reach, waiting ...int64) {
		a := newAssignment(place{"t", id}, "m", offsets.NewPartition("t", id, offsets.Origin{}, offsets.NewWindow(1, 1)))
		a.part.Begin(offsets.Mark{Offset: mark}, reach)
		a.next.Store(next)
		for _, o := range waiting {
			a.waiting = append(a.waiting, &kgo.Record{Offset: o})
		}
		into[a.place] = a
	}
	begin(s.assigned, 0, 5, -1, offsets.Reach{})
	begin(s.assigned, 1, 5, 9, offsets.Reach{})
	begin(s.assigned, 2, 5, 9, offsets.Reach{}, 7, 8)
	begin(s.assigned, 3, 5, 9, offsets.Reach{Rest: 20, Done: map[string]int64{"a": 5, "b": 30}})
	begin(s.leaving, 4, 5, 9, offsets.Reach{})
	begin(s.assigned, 5, offsets.NotBegun, -1, offsets.Reach{})
	s.ended = map[place]Position{{"t", 0}: {Settled: 3, Read: 3}, {"t", 5}: {Settled: 3, Read: 4}, {"u", 1}: {Settled: 7, Read: 7}}
	got := s.reached()
	for at, want := range map[place]Position{
		{"t", 0}: {Settled: 5, Read: 5, owned: true},
		{"t", 1}: {Settled: 5, Read: 9, owned: true},
		{"t", 2}: {Settled: 5, Read: 7, owned: true},
		{"t", 3}: {Settled: 5, Read: 30, owned: true},
		{"t", 4}: {Settled: 5, Read: 9, owned: true},
		{"t", 5}: {Settled: 3, Read: 4}, // as it was left; it has not begun again
		{"u", 1}: {Settled: 7, Read: 7}, // not owned any more
	} {
		is := got[at.topic][at.partition]
		if is.Settled != want.Settled || is.Read != want.Read || is.owned != want.owned {
			t.Errorf("%v: %v, want %v", at, is, want)
		}
		if uneven := Uneven(map[string]Reached{"g": {at.topic: {at.partition: is}}}); uneven != (at == place{"t", 3}) {
			t.Errorf("%v: uneven is %v", at, uneven)
		}
	}
}
