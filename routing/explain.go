package routing

import (
	"fmt"
	"strings"
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
func (t *Table) Explain(ev *Event) []RuleTrace {
	p := t.planFor(ev.Record.Topic)
	s := t.borrow(ev)
	defer t.giveBack(s)
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
		over = traces[i].Matched && !r.goesOn
	}
	return traces
}

// matches reports whether the rule's patterns match.
func (r *rule) matches(s *scratch) (bool, error) {
	for _, b := range r.branches {
		a := alternative{object: r.object, fields: b}
		if ok, err := a.matches(s); ok || err != nil {
			return ok, err
		}
	}
	return false, nil
}

func (r *rule) explain(s *scratch, trace *RuleTrace) {
	if topic := s.event.Record.Topic; !r.matchesTopic(topic) {
		trace.Part, trace.Reason = "topics", fmt.Sprintf("the topic is %q", topic)
		return
	}
	ok, err := r.matches(s)
	switch {
	case err != nil:
		trace.Part, trace.Reason, trace.Err = "match", err.Error(), err
		return
	case !ok:
		r.explainPattern(s, trace)
		return
	case r.when == nil:
		trace.Matched = true
		return
	}
	if trace.Matched, trace.Err = r.when.holds(s.variables()); trace.Err != nil {
		trace.Part, trace.Reason = "when", trace.Err.Error()
	} else if !trace.Matched {
		trace.Part, trace.Reason = "when", r.when.program.source+" is false"
	}
}

// explainPattern names the field that failed first; of several alternatives, in the one that came
// closest.
func (r *rule) explainPattern(s *scratch, trace *RuleTrace) {
	furthest := -1
	var failed *field
	for _, b := range r.branches {
		at := 0
		for at < len(b) && (b[at].header || s.object) && b[at].matchAny(s.extraction) {
			at++
		}
		if at > furthest {
			furthest, failed = at, nil
			if at < len(b) {
				failed = &b[at]
			}
		}
	}
	switch {
	case failed == nil:
		trace.Part, trace.Reason = "match", "each field matches, but not all within one element of an array"
	case failed.header:
		trace.Part, trace.Reason = "headers."+failed.name, found(fieldLeaves(failed, s.extraction))
	case !s.object:
		trace.Part, trace.Reason = "match", "the value is no JSON object"
	default:
		trace.Part, trace.Reason = "match."+failed.name, found(fieldLeaves(failed, s.extraction))
	}
	if len(r.branches) > 1 {
		trace.Reason += " (in the alternative that came closest)"
	}
}

// fieldLeaves returns the values of a field in the order of the document.
func fieldLeaves(f *field, x *extraction) []leaf {
	var leaves []leaf
	for j := x.heads[f.slot]; j >= 0; j = x.leaves[j].next {
		leaves = append([]leaf{x.leaves[j]}, leaves...)
	}
	return leaves
}

// found lists the first few values, each cut where it is long.
func found(leaves []leaf) string {
	const most, longest = 3, 60
	if len(leaves) == 0 {
		return "absent"
	}
	var parts []string
	for i, l := range leaves {
		if i == most {
			parts = append(parts, fmt.Sprintf("and %d more", len(leaves)-most))
			break
		}
		text, end := l.text, ""
		if len(text) > longest {
			text, end = text[:longest], "…"
		}
		switch l.kind {
		case kindString:
			parts = append(parts, fmt.Sprintf("%q", text)+end)
		case kindNull:
			parts = append(parts, "null")
		default:
			parts = append(parts, string(text)+end)
		}
	}
	return "found " + strings.Join(parts, ", ")
}
