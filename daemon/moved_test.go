package daemon

import (
	"errors"
	"slices"
	"strings"
	"testing"

	"go.uber.org/zap"
	"go.uber.org/zap/zaptest/observer"

	"github.com/sluice-bridge/sluice/bridge/kafka/handover"
	"github.com/sluice-bridge/sluice/bridge/offsets"
)

// Rules are named that differ and whose destinations, of before or now, are of several consumer groups.
func TestMovedRulesAreThoseThatChangeGroups(t *testing.T) {
	const before = `
kafka: {brokers: ["localhost:9092"], group: g}
aws: {region: eu-west-1}
destinations: {a: {sqs: a}, b: {sqs: b}, x: {sqs: x, isolated: true}, y: {sqs: y, isolated: true}}
rules:
- {name: one, topics: [t], when: "true", to: [a]}
- {name: two, topics: [t], when: "true", to: [x]}
unmatched: drop
`
	for name, c := range map[string]struct {
		change []string
		want   string
	}{
		"nothing":                         {nil, ""},
		"within a group":                  {[]string{"to: [a]", "to: [b]"}, ""},
		"to another group":                {[]string{"to: [a]", "to: [x]"}, "one"},
		"between isolated ones":           {[]string{"to: [x]", "to: [y]"}, "two"},
		"from one rule to another":        {[]string{`when: "true"`, `when: "false"`}, "one two"},
		"a rule that goes":                {[]string{`- {name: two, topics: [t], when: "true", to: [x]}`, ""}, ""},
		"a rule that is called otherwise": {[]string{"name: two", "name: three", "to: [x]", "to: [a, x]"}, "three two"},
		"what is unmatched":               {[]string{"unmatched: drop", "unmatched: x"}, "unmatched"},
		"what a rule leaves unmatched":    {[]string{"to: [x]", "to: [y]", "unmatched: drop", "unmatched: dead_letter"}, "two unmatched"},
		"isolation alone":                 {[]string{"a: {sqs: a}", "a: {sqs: a, isolated: true}"}, ""},
	} {
		after := strings.NewReplacer(c.change...).Replace(before)
		if got := movedRules(loaded(t, before), loaded(t, after)); !slices.Equal(got, strings.Fields(c.want)) {
			t.Errorf("%s: %q, want %q", name, got, c.want)
		}
	}
}

// What is told at a reload: which rules, how far which group is behind, and that other instances have still to change.
func TestMeetingTellsHowFarGroupsAreBehind(t *testing.T) {
	core, logs := observer.New(zap.InfoLevel)
	d := New(Options{Log: zap.New(core)})
	at := func(partition int32, offset int64) handover.Reached {
		return handover.Reached{"t": {partition: {Settled: offset, Read: offset}}}
	}
	e := &era{moved: []string{"one"}}
	d.eras = []*era{e}
	reached := map[string]handover.Reached{"g": at(0, 100), "g.x": at(0, 40)}
	d.meet(e, reached, map[string]handover.Reached{"g": at(0, 110), "g.x": at(0, 50)}, nil)
	if n := e.foremost.Until(offsets.NewTracker("t", 0, offsets.TopicIdentity{}, nil)); n != 110 || len(d.eras) != 1 {
		t.Errorf("the earlier rules end at %d, and %d eras are left", n, len(d.eras))
	}
	if told := logs.TakeAll(); len(told) != 1 || told[0].ContextMap()["group"] != "g.x" || told[0].ContextMap()["records"] != int64(60) {
		t.Errorf("told: %v", told)
	}
	// Another reload, of which no group is behind; g.x is read elsewhere.
	next := &era{moved: []string{"two"}}
	d.eras = append(d.eras, next)
	inFlight := handover.Reached{"t": {0: {Settled: 115, Read: 120}}}
	d.meet(next, map[string]handover.Reached{"g": at(0, 120), "g.x": inFlight}, map[string]handover.Reached{"g": at(0, 120), "g.x": {}}, nil)
	if len(d.eras) != 1 || d.eras[0] != next {
		t.Errorf("%d eras are left", len(d.eras))
	}
	if told := logs.TakeAll(); len(told) != 1 || told[0].Level != zap.WarnLevel || told[0].ContextMap()["partitions"] != int64(1) {
		t.Errorf("told: %v", told)
	}
}

// What is not known of a group counts as not passed.
func TestEarlierRulesStayWhereAGroupIsUnknown(t *testing.T) {
	d := New(Options{Log: zap.NewNop()})
	at := func(offset int64) handover.Reached {
		return handover.Reached{"t": {0: {Settled: offset, Read: offset}}}
	}
	old := &era{foremost: handover.ForemostOf(map[string]handover.Reached{"g": at(100)})}
	d.eras = []*era{old}
	d.meet(nil, map[string]handover.Reached{"g": at(100)}, nil, errors.New("g.x does not answer"))
	if len(d.eras) != 1 {
		t.Error("forgotten though a group is unknown")
	}
	d.meet(nil, map[string]handover.Reached{"g": at(100)}, nil, nil)
	if len(d.eras) != 0 {
		t.Error("kept though all have passed it")
	}
}

// One consumer group needs no earlier rules, unless it is behind with some of its destinations; where that is not
// known, they stay.
func TestOneGroupNeedsNoEarlierRules(t *testing.T) {
	reading := handover.Reached{"t": {0: {Settled: 90, Read: 100}}}
	for unknown, want := range map[error]int{nil: 0, errors.New("g does not answer"): 1} {
		d := New(Options{Log: zap.NewNop()})
		e := &era{}
		d.eras = []*era{e}
		d.meet(e, map[string]handover.Reached{"g": reading}, nil, unknown)
		if len(d.eras) != want {
			t.Errorf("%d eras are left where %v", len(d.eras), unknown)
		}
	}
}
