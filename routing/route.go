package routing

// scratch is the memory of one Route call.
type scratch struct {
	extraction *extraction
	candidates candidates
	// visited says, by node, in which round of this scratch it was last visited.
	visited []uint32
	round   uint32

	event *Event
	// read says whether the value was read, and object whether it is one.
	read, object bool
	activation   *activation
}

func (t *Table) borrow(ev *Event) *scratch {
	s := t.scratch.Get().(*scratch)
	s.event = ev
	ev.before = ev.work
	s.account()
	return s
}

func (t *Table) giveBack(s *scratch) {
	s.account()
	s.event.before = s.event.work
	if s.activation != nil {
		s.activation.release()
		s.activation = nil
	}
	s.candidates.clear()
	s.extraction.reset()
	s.event, s.read, s.object = nil, false, false
	t.scratch.Put(s)
}

// Route decides where an event goes. It overwrites d and reuses its slices.
//
// A rule that fails to evaluate does not match; if in the end no rule matched, the event goes to
// dead letters. A rule that says drop ends the evaluation; what rules before it selected stays.
func (t *Table) Route(ev *Event, d *Decision) {
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
	if !over && p.index != nil {
		found := s.find(p)
		done := int32(-1)
		for next := 0; !over; next++ {
			i, ok := next, next < len(p.alternatives)
			if found {
				i, ok = s.candidates.take()
			}
			if !ok {
				break
			}
			a := &p.alternatives[i]
			if a.rule == done {
				continue
			}
			matches, err := a.matches(s)
			if err != nil {
				d.Errors = append(d.Errors, RuleError{Rule: int(a.rule), Err: err})
			}
			if !matches && err == nil {
				continue
			}
			// Its other alternatives have nothing to add.
			done = a.rule
			if matches {
				dropped, over = t.decide(a.rule, s, d)
			}
		}
	}
	if len(d.Matched) == 0 && (ev.Invalid || ev.encodedTwice()) {
		t.unread(p, s, d)
	}
	d.settle(dropped, t.unmatched)
}

// find reads what the plan asks for and gathers the candidates; false where that takes too much work,
// and each alternative may be one.
func (s *scratch) find(p *plan) bool {
	s.readAll(p)
	s.candidates.grow(len(p.alternatives))
	if p.nodes > len(s.visited) {
		s.visited = make([]uint32, p.nodes)
	}
	if s.round++; s.round == 0 {
		clear(s.visited)
		s.round = 1
	}
	s.visit(p.index)
	return !s.extraction.exhausted()
}

func (s *scratch) readAll(p *plan) {
	if len(p.headers) > 0 {
		s.extraction.headers(p.headers, s.event.Record.Headers)
	}
	s.readValue(p)
}

// readValue reads the value if nothing has yet.
func (s *scratch) readValue(p *plan) {
	if s.read {
		return
	}
	s.read = true
	if p.fields == nil {
		s.event.check()
		return
	}
	if s.event.Value.JSON != nil {
		var valid bool
		valid, s.object = s.extraction.read(p.fields, s.event.Value.JSON)
		s.event.checked(valid)
	}
}

// matches reports whether the alternative's fields match.
func (a *alternative) matches(s *scratch) (bool, error) {
	switch {
	case a.object && !s.object:
		return false, nil
	case len(a.fields) > 0 && s.extraction.exhausted():
		return false, errPatternWork
	}
	return matchFields(a.fields, s.extraction)
}

// decide ends with a rule whose pattern matches: it looks at the condition, and adds to the
// decision if that holds. It reports whether the rule drops, and whether it is the last.
func (t *Table) decide(i int32, s *scratch, d *Decision) (dropped, over bool) {
	r := &t.rules[i]
	if r.when != nil {
		s.account()
		ok, err := r.when.holds(s.variables())
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
	return r.drop, !r.goesOn
}

func (d *Decision) add(target Target) {
	for _, t := range d.Targets {
		if t.Destination == target.Destination {
			return
		}
	}
	d.Targets = append(d.Targets, target)
}

func (d *Decision) settle(dropped bool, unmatched int32) {
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

func (s *scratch) variables() *activation {
	if s.activation == nil {
		s.activation = newActivation(s.event)
	}
	return s.activation
}
