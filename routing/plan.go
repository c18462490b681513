package routing

import "maps"

// plan is what routing needs to know of a topic: the rules that apply to it, and the fields that
// they ask for as one tree, so that the value is read once however many rules there are.
type plan struct {
	rules      []int32
	fields     *step // nil where no rule asks for one
	steps      int32
	needsValue bool
}

// planFor returns the topic's plan, made when the topic is first seen. The map is copied on
// write: topics are few and soon all known, and reading must not contend.
func (t *Table) planFor(topic string) *plan {
	if p := (*t.plans.Load())[topic]; p != nil {
		return p
	}
	t.planMu.Lock()
	defer t.planMu.Unlock()
	known := *t.plans.Load()
	if p := known[topic]; p != nil {
		return p
	}
	p := t.newPlan(topic)
	grown := maps.Clone(known)
	grown[topic] = p
	t.plans.Store(&grown)
	return p
}

func (t *Table) newPlan(topic string) *plan {
	p := &plan{}
	for i := range t.rules {
		r := &t.rules[i]
		if !r.matchesTopic(topic) {
			continue
		}
		p.rules = append(p.rules, int32(i))
		for _, f := range r.match {
			if p.fields == nil {
				p.fields = newStep(0)
			}
			p.fields.add(f.path, &p.steps).slot = f.slot
		}
		p.needsValue = p.needsValue || r.needsValue() || t.targetsNeedValue(r.to)
	}
	if p.steps++; t.unmatched >= 0 {
		p.needsValue = p.needsValue || t.targetsNeedValue([]int32{t.unmatched})
	}
	return p
}

func (r *rule) needsValue() bool {
	if len(r.match) > 0 || r.when != nil && r.when.program.uses["value"] {
		return true
	}
	for _, attributes := range r.attributes {
		if anyNeedsValue(attributes) {
			return true
		}
	}
	return false
}

func (t *Table) targetsNeedValue(to []int32) bool {
	for _, i := range to {
		d := &t.destinations[i]
		if anyNeedsValue(d.attributes) || d.groupID != nil && d.groupID.NeedsValue() || d.subject != nil && d.subject.NeedsValue() {
			return true
		}
	}
	return false
}

func anyNeedsValue(attributes []Attribute) bool {
	for _, a := range attributes {
		if a.Value.NeedsValue() {
			return true
		}
	}
	return false
}
