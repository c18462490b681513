package routing

import (
	"errors"
	"slices"

	"cel.dev/cel-go/common/types"
)

// unread notes of an event whose value is Invalid, or is JSON within a text, and which no rule matched, whether
// one had to look into the value. Conditions can read JSON within a text, and say themselves where they do
// not. That a value which is no JSON has no fields is no failure of a rule where it is to be taken for one that
// no rule matched.
func (t *Table) unread(p *plan, s *scratch, d *Decision) {
	s.variables().value = types.NewUnknown(0, nil)
	had := func(rule int32) bool {
		return (s.event.Invalid || t.rules[rule].pattern.AsksValue()) && t.rules[rule].reads(s)
	}
	d.Unread = slices.ContainsFunc(p.first, had) || slices.ContainsFunc(p.others, had)
	d.Undecodable = d.Unread && !s.event.Lenient
	if s.event.Invalid && s.event.Lenient {
		d.Errors = slices.DeleteFunc(d.Errors, func(e RuleError) bool { return errors.As(e.Err, new(noFields)) })
	}
}

// reads reports whether it hangs on the value, which is unknown, that the rule matches the event: it has a
// pattern or a condition over it, and neither its pattern over the headers nor the rest of its condition
// says no.
func (r *rule) reads(s *scratch) bool {
	if !r.pattern.AsksValue() && (r.when == nil || !r.when.program.uses["value"]) || !r.pattern.MatchesHeaders(s.finder) {
		return false
	}
	if r.when == nil {
		return true
	}
	result, _ := r.when.program.eval(s.variables())
	holds, known := result.(types.Bool)
	return !known || r.pattern.AsksValue() && bool(holds)
}
