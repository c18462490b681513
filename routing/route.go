package routing

import (
	"github.com/sluice-bridge/sluice/routing/expr"
	"github.com/sluice-bridge/sluice/routing/pattern/match"
)

// scratch is the memory of one Route call.
type scratch struct {
	finder *match.Finder
	event  *expr.Event
	read   bool // the value was
	vars   *expr.Variables
}

func (t *Table) borrow(ev *expr.Event) *scratch {
	s := t.scratch.Get().(*scratch)
	s.event = ev
	ev.Restart()
	s.account()
	return s
}

func (t *Table) giveBack(s *scratch) {
	s.account()
	s.event.Restart()
	if s.vars != nil {
		s.vars.Release()
		s.vars = nil
	}
	s.finder.Reset()
	s.event, s.read = nil, false
	t.scratch.Put(s)
}

// Route decides where an event goes. It overwrites d and reuses its slices.
//
// A rule that fails to evaluate does not match; if in the end no rule matched, the event goes to
// dead letters. A rule that says drop ends the evaluation; what rules before it selected stays.
func (t *Table) Route(ev *expr.Event, d *Decision) {
	*d = Decision{Targets: d.Targets[:0], Matched: d.Matched[:0], Errors: d.Errors[:0]}
	p := t.planFor(ev.Record.Topic)
	s := t.borrow(ev)
	defer t.giveBack(s)
	if ev.Unchecked {
		s.readValue(p)
	}
	dropped, over := false, false
	for _, i := range p.first {
		if dropped, over = t.decide(i, s, d); over {
			break
		}
	}
	if !over && !p.index.Empty() {
		s.readAll(p)
		s.finder.Find(p.index)
		for !over {
			i, ok, err := s.finder.Next()
			if !ok {
				break
			}
			if err != nil {
				d.Errors = append(d.Errors, RuleError{Rule: int(p.others[i]), Err: err})
				continue
			}
			dropped, over = t.decide(p.others[i], s, d)
		}
	}
	if len(d.Matched) == 0 && (ev.Invalid || ev.EncodedTwice()) {
		t.unread(p, s, d)
	}
	d.setOutcome(dropped, t.unmatched)
}

func (s *scratch) readAll(p *plan) {
	s.finder.ReadHeaders(p.index, s.event.Record.Headers)
	s.readValue(p)
}

// readValue reads the value if nothing has yet.
func (s *scratch) readValue(p *plan) {
	if s.read {
		return
	}
	s.read = true
	if !p.index.AsksValue() {
		s.event.Validate()
		return
	}
	if s.event.Value.JSON != nil {
		s.event.Validated(s.finder.ReadValue(p.index, s.event.Value.JSON))
	}
}

// account notes what the patterns have done so far, and what is left to them.
func (s *scratch) account() {
	s.event.Worked(s.finder.Work(0))
	s.finder.Work(s.event.Left())
}

// decide ends with a rule whose pattern matches: it looks at the condition, and adds to the
// decision if that holds. It reports whether the rule drops, and whether it is the last.
func (t *Table) decide(i int32, s *scratch, d *Decision) (dropped, over bool) {
	r := &t.rules[i]
	if r.when != nil {
		s.account()
		ok, err := r.when.Holds(s.variables())
		s.account()
		if err != nil {
			d.Errors = append(d.Errors, RuleError{Rule: int(i), Err: err})
		}
		if !ok {
			return false, false
		}
	}
	d.Matched = append(d.Matched, int(i))
	for _, to := range r.to {
		d.add(Target{Destination: int(to), Rule: int(i)})
	}
	return r.drop, !r.continues
}

func (d *Decision) add(target Target) {
	for _, t := range d.Targets {
		if t.Destination == target.Destination {
			return
		}
	}
	d.Targets = append(d.Targets, target)
}

func (d *Decision) setOutcome(dropped bool, unmatched int32) {
	switch {
	case d.Undecodable:
		d.Outcome = DeadLetter
	case len(d.Targets) > 0:
		d.Outcome = Routed
	case dropped:
		d.Outcome = Dropped
	case len(d.Errors) > 0 || unmatched == unmatchedDeadLetter:
		d.Outcome = DeadLetter
	case unmatched == unmatchedDrop:
		d.Outcome = Unmatched
	default:
		d.Outcome = Routed
		d.Targets = append(d.Targets, Target{Destination: int(unmatched), Rule: -1})
	}
}

func (s *scratch) variables() *expr.Variables {
	if s.vars == nil {
		s.vars = expr.NewVariables(s.event)
	}
	return s.vars
}
