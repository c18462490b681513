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

// Explain says for every rule what it made of the event. It decides as Route does, only slower.
func (t *Table) Explain(ev *Event) []RuleTrace {
	p := t.planFor(ev.Record.Topic)
	s := t.borrow(ev)
	defer t.giveBack(s)
	traces := make([]RuleTrace, len(t.rules))
	over := false
	for i := range t.rules {
		r := &t.rules[i]
		traces[i] = RuleTrace{Rule: i, Name: r.name, Skipped: over}
		if over {
			continue
		}
		r.explain(p, s, &traces[i])
		over = traces[i].Matched && !r.goesOn
	}
	return traces
}

func (r *rule) explain(p *plan, s *scratch, trace *RuleTrace) {
	record := s.event.Record
	if !r.matchesTopic(record.Topic) {
		trace.Part, trace.Reason = "topics", fmt.Sprintf("the topic is %q", record.Topic)
		return
	}
	trace.Matched, trace.Err = r.holds(p, s)
	if trace.Matched {
		return
	}
	for i := range r.headers {
		if f := &r.headers[i]; !f.matchHeader(record.Headers) {
			trace.Part, trace.Reason = "headers."+f.path[0], found(headerLeaves(f, s))
			return
		}
	}
	if len(r.match) > 0 && !s.fields(p) {
		trace.Part, trace.Reason = "match", "the value is no JSON object"
		return
	}
	for i := range r.match {
		if f := &r.match[i]; !f.matchAny(s.extraction) {
			trace.Part, trace.Reason = "match."+strings.Join(f.path, "."), found(fieldLeaves(f, s.extraction))
			return
		}
	}
	switch ok, err := matchFields(r.match, s.extraction); {
	case err != nil:
		trace.Part, trace.Reason = "match", err.Error()
	case !ok:
		trace.Part, trace.Reason = "match", "each field matches, but not all within one element of an array"
	case trace.Err != nil:
		trace.Part, trace.Reason = "when", trace.Err.Error()
	default:
		trace.Part, trace.Reason = "when", r.when.program.source+" is false"
	}
}

func headerLeaves(f *field, s *scratch) []leaf {
	var leaves []leaf
	for _, h := range s.event.Record.Headers {
		if h.Key == f.path[0] {
			leaves = append(leaves, headerLeaf(h.Value))
		}
	}
	return leaves
}

// fieldLeaves returns the values of a field in the order of the document.
func fieldLeaves(f *field, x *extraction) []leaf {
	var leaves []leaf
	for j := x.heads[f.slot]; j >= 0; j = x.leaves[j].next {
		if x.leaves[j].kind != kindGone {
			leaves = append([]leaf{x.leaves[j]}, leaves...)
		}
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
