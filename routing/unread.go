package routing

import (
	"slices"

	"github.com/sluice-bridge/sluice/routing/expr"
)

// unread notes of an event whose value is Invalid, or is JSON within a text, and which no rule matched, whether
// one had to look into the value. Conditions can read JSON within a text, and say themselves where they do
// not. That a value which is no JSON has no fields is no failure of a rule where it is to be taken for one that
// no rule matched.
func (t *Table) unread(p *plan, s *scratch, d *Decision) {
	had := func(rule int32) bool {
		return (s.event.Invalid || t.rules[rule].pattern.AsksValue()) && t.rules[rule].reads(s)
	}
	d.Unread = slices.ContainsFunc(p.first, had) || slices.ContainsFunc(p.others, had)
	d.Undecodable = d.Unread && !s.event.Lenient
	if s.event.Invalid && s.event.Lenient {
		d.Errors = slices.DeleteFunc(d.Errors, func(e RuleError) bool { return expr.WantsFields(e.Err) })
	}
}

// reads reports whether it hangs on the value, which is unknown, that the rule matches the event: it has a
// pattern or a condition over it, and neither its pattern over the headers nor the rest of its condition
// says no.
func (r *rule) reads(s *scratch) bool {
	if !r.pattern.AsksValue() && (r.when == nil || !r.when.Reads("value")) || !r.pattern.MatchesHeaders(s.finder) {
		return false
	}
	if r.when == nil {
		return true
	}
	holds, known := r.when.WithoutValue(s.variables())
	return !known || r.pattern.AsksValue() && holds
}
