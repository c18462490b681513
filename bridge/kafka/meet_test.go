package kafka

import (
	"testing"

	"github.com/twmb/franz-go/pkg/kgo"

	"github.com/sluice-bridge/sluice/bridge"
)

// A group is as far as it has handed over, and further where a destination was sent to before.
func TestReached(t *testing.T) {
	s := &Source{assigned: map[place]*assignment{}, leaving: map[place]*assignment{}}
	begin := func(into map[place]*assignment, id int32, mark, next int64, reach bridge.Reach, waiting ...int64) {
		a := newAssignment(place{"t", id}, "m", bridge.NewPartition("t", id, bridge.Origin{}, bridge.NewWindow(1, 1)))
		a.part.Begin(bridge.Mark{Offset: mark}, reach)
		a.next.Store(next)
		for _, o := range waiting {
			a.waiting = append(a.waiting, &kgo.Record{Offset: o})
		}
		into[a.place] = a
	}
	begin(s.assigned, 0, 5, -1, bridge.Reach{})
	begin(s.assigned, 1, 5, 9, bridge.Reach{})
	begin(s.assigned, 2, 5, 9, bridge.Reach{}, 7, 8)
	begin(s.assigned, 3, 5, 9, bridge.Reach{Rest: 20, Done: map[string]int64{"a": 5, "b": 30}})
	begin(s.leaving, 4, 5, 9, bridge.Reach{})
	begin(s.assigned, 5, bridge.NotBegun, -1, bridge.Reach{})
	got := s.reached()
	for id, want := range []Position{{5, 5}, {5, 9}, {5, 7}, {5, 30}, {5, 9}, {}} {
		if got["t"][int32(id)] != want {
			t.Errorf("partition %d: %v, want %v", id, got["t"][int32(id)], want)
		}
	}
	others := Reached{"t": {1: {8, 12}}, "u": {0: {3, 3}}}
	all := Foremost([]Reached{got, others})
	if all.Until("t", 1) != 12 || all.Until("t", 3) != 30 || all.Until("u", 0) != 3 || all.Until("v", 0) != 0 {
		t.Errorf("the foremost are at %v", all)
	}
	if n, in := others.Behind(all); n != 5+7+30+9 || in != 4 {
		t.Errorf("%d behind in %d partitions", n, in)
	}
	if all.Passed([]Reached{got, others}) || !(Reached{"t": {1: {5, 5}}}).Passed([]Reached{got, others}) {
		t.Error("passed is what all have settled")
	}
}
