package fake

import (
	"cmp"
	"slices"
)

// arrivalOrder is the order of a standard queue: first in, first out, which is
// one of the orders a standard queue may deliver in.
type arrivalOrder struct{ waiting []*stored }

func (o *arrivalOrder) ready(m *stored)   { o.waiting = append(o.waiting, m) }
func (o *arrivalOrder) settled(m *stored) {}
func (o *arrivalOrder) taken(m *stored)   {}

func (o *arrivalOrder) next() *stored {
	for len(o.waiting) > 0 {
		m := o.waiting[0]
		o.waiting[0] = nil
		o.waiting = o.waiting[1:]
		if !m.deleted {
			return m
		}
	}
	return nil
}

// groupOrder is the order of a FIFO queue: within a message group in sequence, and
// nothing of a group while an earlier receive has messages of it in flight.
type groupOrder struct {
	groups map[string]*group
	// open are the groups that can be received from, the one that has waited
	// longest first.
	open []*group
	// current is the group that the running receive takes from, so that one call
	// gets as many messages of a group as there are.
	current *group
}

type group struct {
	id       string
	waiting  []*stored // by serial
	inFlight int
	listed   bool // in open
}

func (o *groupOrder) of(m *stored) *group {
	g := o.groups[m.GroupID]
	if g == nil {
		g = &group{id: m.GroupID}
		o.groups[m.GroupID] = g
	}
	return g
}

func (o *groupOrder) ready(m *stored) {
	g := o.of(m)
	i, _ := slices.BinarySearchFunc(g.waiting, m, func(a, b *stored) int { return cmp.Compare(a.serial, b.serial) })
	g.waiting = slices.Insert(g.waiting, i, m)
	o.offer(g)
}

func (o *groupOrder) offer(g *group) {
	switch {
	case g.inFlight > 0 || g.listed || g == o.current:
	case len(g.waiting) > 0:
		g.listed = true
		o.open = append(o.open, g)
	default:
		delete(o.groups, g.id)
	}
}

func (o *groupOrder) next() *stored {
	for {
		if o.current == nil {
			if len(o.open) == 0 {
				return nil
			}
			o.current, o.open = o.open[0], o.open[1:]
			o.current.listed = false
		}
		g := o.current
		for len(g.waiting) > 0 {
			m := g.waiting[0]
			g.waiting = g.waiting[1:]
			if !m.deleted {
				return m
			}
		}
		o.closeCurrent()
	}
}

// closeCurrent ends a receive's turn with a group.
func (o *groupOrder) closeCurrent() {
	if g := o.current; g != nil {
		o.current = nil
		o.offer(g)
	}
}

func (o *groupOrder) taken(m *stored) { o.of(m).inFlight++ }

func (o *groupOrder) settled(m *stored) {
	g := o.of(m)
	g.inFlight--
	o.offer(g)
}
