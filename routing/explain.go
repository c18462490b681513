package routing

import (
	"fmt"
	"math"
	"slices"
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
	s.extraction.limit = math.MaxInt // without the index there is more to do than Route may
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

// explainPattern names the field that failed first, in the order of the file; of several
// alternatives, in the one of which fewest fields failed, and most matched.
func (r *rule) explainPattern(s *scratch, trace *RuleTrace) {
	var closest []*field
	fewest, most := -1, 0
	for _, b := range r.branches {
		fields := r.written(b)
		failed := slices.DeleteFunc(slices.Clone(fields), func(f *field) bool {
			return (f.header || s.object) && f.matchAny(s.extraction)
		})
		if fewest < 0 || len(failed) < fewest || len(failed) == fewest && len(fields) > most {
			fewest, most, closest = len(failed), len(fields), failed
			if fewest == 0 {
				closest = r.apart(fields, s)
			}
		}
	}
	switch {
	case len(closest) == 0 || !closest[0].header && !s.object:
		trace.Part, trace.Reason = "match", s.event.noObject()
		return
	case closest[0].header:
		trace.Part, trace.Reason = "headers."+closest[0].name, headersFound(s.event.Record.Headers, closest[0].name)
	default:
		trace.Part, trace.Reason = "match."+closest[0].name, valuesFound(s.event.Value.JSON, closest[0].path)
		if fewest == 0 {
			trace.Reason += closest[0].elsewhere(s.extraction)
		}
	}
	if len(r.branches) > 1 {
		trace.Reason += " (in the alternative that came closest)"
	}
}

// written returns the fields in the order of the file.
func (r *rule) written(b branch) []*field {
	fields := make([]*field, len(b))
	for i := range b {
		fields[i] = &b[i]
	}
	slices.SortStableFunc(fields, func(x, y *field) int { return r.order[x.place] - r.order[y.place] })
	return fields
}

// apart returns the first field that matches, but not together with those before it.
func (r *rule) apart(fields []*field, s *scratch) []*field {
	var together branch
	for i, f := range fields {
		together = append(together, *f)
		slices.SortFunc(together, func(x, y field) int { return compareNames(x.name, y.name) })
		a := alternative{object: r.object, fields: together}
		if ok, err := a.matches(s); !ok && err == nil {
			return fields[i:]
		}
	}
	return nil
}

// elsewhere says of a field that can match, alone, why it does not with those before it.
func (f *field) elsewhere(x *extraction) string {
	for j := x.heads[f.slot]; j >= 0; j = x.leaves[j].next {
		if f.match(&x.leaves[j]) {
			return "; each field matches, but not all in the same element of an array"
		}
	}
	return "; in an array it counts as absent only in an element where the other fields match, one of them of a name before it in alphabetical order"
}
