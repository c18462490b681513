package handover

import (
	"testing"

	"github.com/twmb/franz-go/pkg/kadm"

	"github.com/sluice-bridge/sluice/bridge/offsets"
	"github.com/sluice-bridge/sluice/bridge/offsets/progress"
)

// The foremost group says how far a partition was read, and who is behind it.
func TestForemostGroupTellsHowFarIsRead(t *testing.T) {
	got := Reached{"t": {0: {Settled: 5, Read: 5}, 1: {Settled: 5, Read: 9}, 2: {Settled: 5, Read: 7}, 3: {Settled: 5, Read: 30, uneven: true}, 4: {Settled: 5, Read: 9}}}
	if !Uneven(map[string]Reached{"g": got}) || !Uneven(map[string]Reached{"g": {}, "g.x": {}}) || Uneven(map[string]Reached{"g": {"t": {1: got["t"][1]}}}) {
		t.Error("uneven are several groups, and one with a destination that is further")
	}
	others := Reached{"t": {1: {Settled: 8, Read: 12}}, "u": {0: {Settled: 3, Read: 3}}}
	all := ForemostOf(map[string]Reached{"g": got, "g.x": others})
	until := func(topic string, id int32) int64 {
		return all.Until(offsets.NewTracker(topic, id, offsets.TopicIdentity{}, nil))
	}
	if until("t", 1) != 12 || until("t", 3) != 30 || until("u", 0) != 3 || until("v", 0) != 0 {
		t.Errorf("the foremost are at %v", all)
	}
	if n, in := others.Behind(all); n != 5+7+30+9 || in != 4 {
		t.Errorf("%d behind in %d partitions", n, in)
	}
}

// Rules have been passed where all groups have settled what the foremost had read. A topic that is no more, of which
// no group has an offset, is passed, and so is an earlier one of the name.
func TestRulesArePassedWhereAllHaveSettled(t *testing.T) {
	read := func(topic string) Foremost { return Foremost{{Topic: "t", Partition: 1}: {{Read: 5, Topic: topic}}} }
	at := func(settled int64, topic string) Reached {
		return Reached{"t": {1: {Settled: settled, Read: 9, Topic: topic}}}
	}
	for name, c := range map[string]struct {
		read Foremost
		a, b Reached
		want bool
	}{
		"both":                       {read("one"), at(5, "one"), at(6, "one"), true},
		"one of them":                {read("one"), at(5, "one"), at(4, "one"), false},
		"one has no offset":          {read("one"), at(5, "one"), Reached{}, false},
		"no topic any more":          {read("one"), Reached{}, Reached{}, true},
		"another topic of the name":  {read("one"), at(1, "two"), at(1, "two"), true},
		"another topic, of one only": {read("one"), at(1, "two"), at(1, "one"), false},
		"which is not known":         {read("one"), at(1, ""), at(9, "one"), false},
	} {
		if got := c.read.Passed(map[string]Reached{"g": c.a, "g.x": c.b}); got != c.want {
			t.Errorf("%s: %v, want %v", name, got, c.want)
		}
	}
}

// Where a topic is deleted and made again, what was read of the earlier one says nothing of the new one.
func TestUntilIsOfOneTopic(t *testing.T) {
	origin := func(id byte) offsets.TopicIdentity { return offsets.NewTopicIdentity("c", "t", [16]byte{id}) }
	of := func(read int64, id byte) Reached {
		return Reached{"t": {0: {Settled: read, Read: read, Topic: origin(id).Fingerprint()}}}
	}
	all := ForemostOf(map[string]Reached{"g": of(50, 1), "g.x": of(70, 1), "g.y": of(10, 2)})
	for id, want := range map[byte]int64{1: 70, 2: 10, 3: 0} {
		if got := all.Until(offsets.NewTracker("t", 0, origin(id), nil)); got != want {
			t.Errorf("topic %d: %d, want %d", id, got, want)
		}
	}
}

// What is owned here counts, and not what was committed: it may have gone back since. Of what was owned others may
// have read more.
func TestWhatIsOwnedCountsBeforeWhatIsCommitted(t *testing.T) {
	committed := Reached{"t": {0: {Settled: 100, Read: 100}, 1: {Settled: 100, Read: 100}, 2: {Settled: 1, Read: 1}}}
	committed.Correct(Reached{"t": {0: {Settled: 20, Read: 100, Owned: true}, 1: {Settled: 90, Read: 95}, 2: {Settled: 9, Read: 9}}})
	for id, want := range []Position{{Settled: 20, Read: 100, Owned: true}, {Settled: 100, Read: 100}, {Settled: 9, Read: 9}} {
		if got := committed["t"][int32(id)]; got != want {
			t.Errorf("partition %d: %v, want %v", id, got, want)
		}
	}
}

// The shared group has settled no more than what a destination has got that it is to take back, by this name or
// another: up to where its own group has stopped, else to where that would have begun. That one may be ahead.
func TestSharedGroupSettlesNoMoreThanItTakesBack(t *testing.T) {
	place := progress.NewResourceID("sqs", "r", "1", "q")
	own := func(destination string) string { return "g." + destination }
	origin := offsets.NewTopicIdentity("c", "t", [16]byte{1})
	reach := progress.Progress{Default: 100, Isolated: map[string]int64{"x": 20, "y": 10}, Resources: map[string]progress.ResourceID{"y": place}}
	ahead := progress.Progress{Default: 150, Done: map[string]int64{"a": 100}}
	for name, c := range map[string]struct {
		sharing Sharing
		reach   progress.Progress
		own     map[string]int64 // what the groups of destinations have committed
		want    Position
	}{
		"apart as before":      {Sharing{Group: own, Sends: []string{"a"}, Apart: []string{"x"}}, reach, nil, Position{Settled: 100, Read: 100}},
		"taken back":           {Sharing{Group: own, Sends: []string{"a", "x"}}, reach, nil, Position{Settled: 20, Read: 100, uneven: true}},
		"taken back, ahead":    {Sharing{Group: own, Sends: []string{"a", "x"}}, reach, map[string]int64{"x": 170}, Position{Settled: 100, Read: 170, uneven: true}},
		"taken back, level":    {Sharing{Group: own, Sends: []string{"a", "x"}}, reach, map[string]int64{"x": 100}, Position{Settled: 100, Read: 100}},
		"by another name":      {Sharing{Group: own, Sends: []string{"y2"}, Resources: map[string]progress.ResourceID{"y2": place}}, reach, nil, Position{Settled: 10, Read: 100, uneven: true}},
		"ahead by another":     {Sharing{Group: own, Sends: []string{"y2"}, Resources: map[string]progress.ResourceID{"y2": place}}, reach, map[string]int64{"y": 130}, Position{Settled: 100, Read: 130, uneven: true}},
		"behind with one":      {Sharing{Group: own, Sends: []string{"a", "b"}}, ahead, nil, Position{Settled: 100, Read: 150, uneven: true}},
		"of a group of itself": {Sharing{}, ahead, nil, Position{Settled: 100, Read: 100}},
	} {
		c.want.Topic = origin.Fingerprint()
		stopped := func(destination string) (kadm.Offset, bool) {
			at, has := c.own[destination]
			return kadm.Offset{At: at}, has
		}
		if got := c.sharing.committed(kadm.Offset{At: 100, Metadata: c.reach.Metadata(origin.Fingerprint(), 100)}, stopped); got != c.want {
			t.Errorf("%s: %+v, want %+v", name, got, c.want)
		}
	}
}
