package routing

// scratch is the memory of one Route call.
type scratch struct {
	extraction *extraction
	event      *Event
	// read and object say whether the value was read, and whether it is an object.
	read, object bool
	activation   *activation
}

func (t *Table) borrow(ev *Event) *scratch {
	s := t.scratch.Get().(*scratch)
	s.event = ev
	return s
}

func (t *Table) giveBack(s *scratch) {
	if s.activation != nil {
		s.activation.release()
	}
	s.extraction.reset()
	*s = scratch{extraction: s.extraction}
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
	dropped := false
	for _, i := range p.rules {
		r := &t.rules[i]
		ok, err := r.holds(p, s)
		if err != nil {
			d.Errors = append(d.Errors, RuleError{Rule: int(i), Err: err})
			continue
		}
		if !ok {
			continue
		}
		d.Matched = append(d.Matched, int(i))
		for _, to := range r.to {
			d.add(Target{Destination: int(to), Rule: int(i)})
		}
		dropped = r.drop
		if !r.goesOn {
			break
		}
	}
	d.settle(dropped, t.unmatched)
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

// holds reports whether the rule matches, its topics aside. The cheap parts come first.
func (r *rule) holds(p *plan, s *scratch) (bool, error) {
	for i := range r.headers {
		if !r.headers[i].matchHeader(s.event.Record.Headers) {
			return false, nil
		}
	}
	if len(r.match) > 0 {
		if !s.fields(p) {
			return false, nil
		}
		if ok, err := matchFields(r.match, s.extraction); !ok || err != nil {
			return false, err
		}
	}
	if r.when == nil {
		return true, nil
	}
	return r.when.holds(s.variables())
}

// fields reads the value when the first rule asks, and reports whether it is an object.
func (s *scratch) fields(p *plan) bool {
	if !s.read {
		s.read = true
		s.object = s.event.Value.JSON != nil && s.extraction.read(p.fields, p.steps, s.event.Value.JSON)
	}
	return s.object
}

func (s *scratch) variables() *activation {
	if s.activation == nil {
		s.activation = newActivation(s.event)
	}
	return s.activation
}
