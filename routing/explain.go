package routing

import (
	"fmt"
	"math"

	"github.com/sluice-bridge/sluice/codec"
	"github.com/sluice-bridge/sluice/codec/jsontext"
	"github.com/sluice-bridge/sluice/internal/jsonscan"
	"github.com/sluice-bridge/sluice/routing/expr"
	"github.com/sluice-bridge/sluice/routing/pattern/match"
)

// RuleTrace says what one rule made of an event, for a person to read.
type RuleTrace struct {
	// Rule is the rule's index into Options.Rules.
	Rule int
	Name string
	// Matched: the rule holds.
	Matched bool
	// Skipped: a rule before it matched and did not say continue, so it was not looked at.
	Skipped bool
	// Part is what failed first: "topics", "headers.tenant", "match.total", "when". Empty where the
	// rule matched or was skipped.
	Part string
	// Reason says why, with the value found.
	Reason string
	// Err is set where the evaluation failed.
	Err error
}

// Explain says for every rule what it made of the event. It decides as Route does, only slower:
// one rule after another, without the index.
func (t *Table) Explain(ev *expr.Event) []RuleTrace {
	p := t.planFor(ev.Record.Topic)
	s := t.borrow(ev)
	defer t.giveBack(s)
	s.finder.Work(math.MaxInt) // without the index there is more to do than Route may
	s.readAll(p)
	traces := make([]RuleTrace, len(t.rules))
	over := false
	for i := range t.rules {
		r := &t.rules[i]
		traces[i] = RuleTrace{Rule: i, Name: r.name, Skipped: over}
		if over {
			continue
		}
		r.explain(s, &traces[i])
		over = traces[i].Matched && !r.continues
	}
	return traces
}

func (r *rule) explain(s *scratch, trace *RuleTrace) {
	if topic := s.event.Record.Topic; !r.matchesTopic(topic) {
		trace.Part, trace.Reason = "topics", fmt.Sprintf("the topic is %q", topic)
		return
	}
	ok, err := r.pattern.Matches(s.finder)
	switch {
	case err != nil:
		trace.Part, trace.Reason, trace.Err = "match", err.Error(), err
		return
	case !ok:
		if trace.Part, trace.Reason = r.pattern.Explain(s.finder, s.event.Value.JSON, s.event.Record.Headers); trace.Reason == "" {
			trace.Reason = noObject(s.event)
		}
		return
	case r.when == nil:
		trace.Matched = true
		return
	}
	if trace.Matched, trace.Err = r.when.Holds(s.variables()); trace.Err != nil {
		trace.Part, trace.Reason = "when", trace.Err.Error()
	} else if !trace.Matched {
		trace.Part, trace.Reason = "when", r.when.String()+" is false"
	}
}

// noObject says what the value is where a pattern wants an object.
func noObject(ev *expr.Event) string {
	v := &ev.Value
	switch {
	case v.Raw == nil:
		return "the event has no value, and a pattern wants a JSON object"
	case ev.EncodedTwice():
		return "the value is not a JSON object, but a text that holds one: " + match.Describe(v.JSON[jsonscan.SkipSpace(v.JSON, 0):])
	case jsonscan.Valid(v.JSON):
		return "the value is " + match.Describe(v.JSON[jsonscan.SkipSpace(v.JSON, 0):]) + ", not a JSON object"
	case len(v.Raw) == 0:
		return "the value is empty, not a JSON object"
	case jsonscan.Valid(jsontext.SkipMark(v.Raw)):
		return "the format of the topic does not read the value as JSON"
	}
	return "the value is not JSON: " + codec.NotJSON(v.Raw).Error()
}
