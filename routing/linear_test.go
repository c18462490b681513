package routing

import (
	"slices"
	"testing"

	"pgregory.net/rapid"

	"github.com/sluice-bridge/sluice/internal/jsongen"
	"github.com/sluice-bridge/sluice/routing/expr"
)

// routeLinear is what the index must agree with: one rule after another.
func routeLinear(t *Table, ev *expr.Event, d *Decision) {
	*d = Decision{}
	s := t.borrow(ev)
	defer t.giveBack(s)
	s.readAll(t.planFor(ev.Record.Topic))
	dropped, over := false, false
	for i := 0; i < len(t.rules) && !over; i++ {
		if !t.rules[i].matchesTopic(ev.Record.Topic) {
			continue
		}
		ok, err := t.rules[i].pattern.Matches(s.finder)
		if err != nil {
			d.Errors = append(d.Errors, RuleError{Rule: i, Err: err})
		}
		if ok {
			dropped, over = t.decide(int32(i), s, d)
		}
	}
	d.setOutcome(dropped, t.unmatched)
}

func TestIndexAgreesWithLinearMatching(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		var rules []Rule
		for range rapid.IntRange(1, 40).Draw(t, "rules") {
			rules = append(rules, genRule.Draw(t, "rule"))
		}
		table, err := Compile(Options{Rules: rules, Destinations: []Destination{{Name: "a"}, {Name: "b"}, {Name: "c"}}})
		if err != nil {
			t.Fatal(err)
		}
		var got, want Decision
		for range 4 {
			ev := event(jsongen.Document.Draw(t, "value"))
			ev.Record.Topic = genTopic.Draw(t, "topic")
			ev.Record.Headers = genHeaders.Draw(t, "headers")
			table.Route(ev, &got)
			routeLinear(table, ev, &want)
			if got.Outcome != want.Outcome || !slices.Equal(got.Targets, want.Targets) ||
				!slices.Equal(got.Matched, want.Matched) || len(got.Errors) != len(want.Errors) {
				t.Fatalf("%s: %+v, want %+v", ev.Record.Value, got, want)
			}
			var explained []int
			for _, trace := range table.Explain(ev) {
				if trace.Matched {
					explained = append(explained, trace.Rule)
				} else if !trace.Skipped && trace.Part == "" {
					t.Fatalf("%s: nothing says why rule %d did not match", ev.Record.Value, trace.Rule)
				}
			}
			if !slices.Equal(explained, want.Matched) {
				t.Fatalf("%s: explained as %v, want %v", ev.Record.Value, explained, want.Matched)
			}
		}
	})
}
