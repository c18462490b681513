package routing

import (
	"errors"
	"slices"
)

// unread notes of an event whose value is Invalid, and which no rule matched, whether one had to look
// into the value. That a text has no fields is no failure of a rule then, where that is what the event is
// to be taken for.
func (t *Table) unread(p *plan, s *scratch, d *Decision) {
	had := func(rule int32) bool { return t.rules[rule].reads(s) }
	d.Unread = slices.ContainsFunc(p.first, had) ||
		slices.ContainsFunc(p.alternatives, func(a alternative) bool { return had(a.rule) })
	if d.Undecodable = d.Unread && !s.event.Lenient; s.event.Lenient {
		d.Errors = slices.DeleteFunc(d.Errors, func(e RuleError) bool { return errors.As(e.Err, new(noFields)) })
	}
}

// reads reports whether the rule has to look into the value of the event: it has a pattern or a condition
// over it, and its pattern over the headers matches.
func (r *rule) reads(s *scratch) bool {
	if !r.object && (r.when == nil || !r.when.program.uses["value"]) {
		return false
	}
	return slices.ContainsFunc(r.branches, func(b branch) bool {
		return !slices.ContainsFunc(b, func(f field) bool { return f.header && !f.matchAny(s.extraction) })
	})
}
