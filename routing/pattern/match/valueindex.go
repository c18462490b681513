package match

import "github.com/sluice-bridge/sluice/routing/pattern/ip"

// valueIndex leads from a node to the next by the values of one field. Each kind of test has a look-up
// of its own; only what none can hold is tried one by one.
type valueIndex struct {
	slot    int32
	strings map[string]*node
	numbers map[float64]*node
	kinds   [kindNull + 1]*node // true, false and null
	rest    *rest               // nil where there are only exact values
}

type rest struct {
	inexact                  map[string]*node // numbers that match as text
	folded                   map[string][]matcherEdge
	starts, ends             *textIndex
	foldedStarts, foldedEnds *textIndex
	blocks                   []blockIndex
	ranges                   *rangeIndex
	trials                   []matcherEdge
}

// blockIndex holds the blocks of one family and size.
type blockIndex struct {
	v4    bool
	bits  int
	nodes map[ip.Address]*node
}

func (m *valueIndex) visit(f *Finder, v *value) {
	switch v.kind {
	case kindString:
		if n := m.strings[string(v.text)]; n != nil {
			f.visit(n)
		}
	case kindNumber:
		if v.exact {
			if n := m.numbers[v.num]; n != nil {
				f.visit(n)
			}
		}
	default:
		if n := m.kinds[v.kind]; n != nil {
			f.visit(n)
		}
	}
	if m.rest == nil {
		return
	}
	switch v.kind {
	case kindString:
		m.rest.visitText(f, v)
	case kindNumber:
		if v.exact {
			m.rest.ranges.visit(f, v.num)
		} else if n := m.rest.inexact[string(v.text)]; n != nil {
			f.visit(n)
		}
	}
	f.try(m.rest.trials, v)
}

func (r *rest) visitText(f *Finder, v *value) {
	if r.starts != nil {
		f.follow(r.starts, v.text, v)
	}
	if r.ends != nil {
		f.follow(r.ends, v.text, v)
	}
	if r.folded != nil {
		f.try(r.folded[string(f.extraction.canonical(v))], v)
	}
	if r.foldedStarts != nil {
		f.follow(r.foldedStarts, f.extraction.canonical(v), v)
	}
	if r.foldedEnds != nil {
		f.follow(r.foldedEnds, f.extraction.canonical(v), v)
	}
	if r.blocks != nil {
		r.visitAddress(f, v)
	}
}

func (r *rest) visitAddress(f *Finder, v *value) {
	a, ok := ip.Parse(v.text)
	if !ok {
		return
	}
	f.extraction.work += matcherWork * len(r.blocks)
	for i := range r.blocks {
		b := &r.blocks[i]
		if b.v4 != a.V4 {
			continue
		}
		if n := b.nodes[a.Masked(b.bits)]; n != nil {
			f.visit(n)
		}
	}
}

// follow tries the edges of every key that the text starts or ends with.
func (f *Finder) follow(x *textIndex, text []byte, v *value) {
	for i := x.find(text); i >= 0; i = x.up[i] {
		f.extraction.work += matcherWork
		f.try(x.edges[i], v)
	}
}

func (f *Finder) try(edges []matcherEdge, v *value) {
	for i := range edges {
		e := &edges[i]
		if e.matcher != nil {
			f.extraction.work += e.matcher.cost(v)
			if !e.matcher.match(v) {
				continue
			}
		}
		f.visit(e.to)
	}
}

// visit marks the candidates of a node and goes on to the next ones. A node is visited once for an
// event: arrays may lead to it again and again.
func (f *Finder) visit(n *node) {
	if f.visited[n.id] == f.round {
		return
	}
	f.visited[n.id] = f.round
	for _, i := range n.members {
		f.candidates.add(i)
	}
	x := f.extraction
	for i := range n.indexes {
		m := &n.indexes[i]
		for j := x.heads[m.slot]; j >= 0 && !x.exhausted(); j = x.values[j].next {
			v := &x.values[j]
			x.work += valueWork + len(v.text)/8 // it is hashed
			m.visit(f, v)
		}
	}
}
