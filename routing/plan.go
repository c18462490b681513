package routing

import (
	"encoding/binary"
	"maps"

	"github.com/sluice-bridge/sluice/routing/expr"
	"github.com/sluice-bridge/sluice/routing/pattern/match"
)

// plan is what routing needs to know of a topic: the rules that apply to it, and the index of
// their patterns.
type plan struct {
	// first are the rules before all that have a pattern: nothing need be read for them.
	first []int32
	// others are those after them, whose patterns are in the index.
	others []int32
	index  *match.Index
	needs  expr.Needs
}

// planFor returns the topic's plan, made when the topic is first seen. Reading must not contend, so
// the map is copied to grow: each time that it was missed as often as it has entries, which keeps
// the copying in proportion however many topics a regular expression finds.
func (t *Table) planFor(topic string) *plan {
	if p := (*t.known.Load())[topic]; p != nil {
		return p
	}
	t.planMu.Lock()
	defer t.planMu.Unlock()
	known := *t.known.Load()
	if p := known[topic]; p != nil {
		return p
	}
	p := t.fresh[topic]
	if p == nil {
		p = t.planOf(t.rulesFor(topic))
		t.fresh[topic] = p
	}
	if t.misses++; t.misses >= len(known) {
		grown := maps.Clone(known)
		maps.Copy(grown, t.fresh)
		t.known.Store(&grown)
		clear(t.fresh)
		t.misses = 0
	}
	return p
}

// rulesFor returns the rules that apply to a topic.
func (t *Table) rulesFor(topic string) []int32 {
	var rules []int32
	for i := range t.rules {
		if t.rules[i].matchesTopic(topic) {
			rules = append(rules, int32(i))
		}
	}
	return rules
}

// planOf returns the plan of topics to which the same rules apply.
func (t *Table) planOf(rules []int32) *plan {
	key := make([]byte, 0, 4*len(rules))
	for _, i := range rules {
		key = binary.LittleEndian.AppendUint32(key, uint32(i)) //nolint:gosec // an index
	}
	p := t.shared[string(key)]
	if p == nil {
		p = t.newPlan(rules)
		t.shared[string(key)] = p
	}
	return p
}

func (t *Table) newPlan(rules []int32) *plan {
	p := &plan{}
	var patterns []*match.Pattern
	for _, i := range rules {
		r := &t.rules[i]
		p.needs |= r.needs() | t.targetsNeed(r.to)
		if !r.pattern.Asks() && len(p.others) == 0 {
			p.first = append(p.first, i)
			continue
		}
		p.others, patterns = append(p.others, i), append(patterns, r.pattern)
	}
	if t.unmatched >= 0 {
		p.needs |= t.targetsNeed([]int32{t.unmatched})
	}
	p.index = match.NewIndex(patterns)
	return p
}

func (r *rule) needs() (all expr.Needs) {
	if r.pattern.AsksValue() {
		all = expr.NeedsValue
	}
	if r.when != nil {
		all |= r.when.Needs()
	}
	for _, attributes := range r.attributes {
		all |= attributesNeed(attributes)
	}
	return all
}

func (t *Table) targetsNeed(to []int32) (all expr.Needs) {
	for _, i := range to {
		d := &t.destinations[i]
		all |= attributesNeed(d.attributes)
		for _, e := range []*expr.Expression{d.groupID, d.subject, d.body, d.event.Type, d.event.Source, d.event.Subject} {
			if e != nil {
				all |= e.Needs()
			}
		}
	}
	return all
}

func attributesNeed(attributes []Attribute) (all expr.Needs) {
	for _, a := range attributes {
		all |= a.Value.Needs()
	}
	return all
}
