package pattern

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
	nodes map[address]*node
}

func (m *valueIndex) visit(f *Finder, l *value) {
	switch l.kind {
	case kindString:
		if n := m.strings[string(l.text)]; n != nil {
			f.visit(n)
		}
	case kindNumber:
		if l.exact {
			if n := m.numbers[l.num]; n != nil {
				f.visit(n)
			}
		}
	default:
		if n := m.kinds[l.kind]; n != nil {
			f.visit(n)
		}
	}
	if m.rest == nil {
		return
	}
	switch l.kind {
	case kindString:
		m.rest.visitText(f, l)
	case kindNumber:
		if l.exact {
			m.rest.ranges.visit(f, l.num)
		} else if n := m.rest.inexact[string(l.text)]; n != nil {
			f.visit(n)
		}
	}
	f.try(m.rest.trials, l)
}

func (r *rest) visitText(f *Finder, l *value) {
	if r.starts != nil {
		f.follow(r.starts, l.text, l)
	}
	if r.ends != nil {
		f.follow(r.ends, l.text, l)
	}
	if r.folded != nil {
		f.try(r.folded[string(f.extraction.canonical(l))], l)
	}
	if r.foldedStarts != nil {
		f.follow(r.foldedStarts, f.extraction.canonical(l), l)
	}
	if r.foldedEnds != nil {
		f.follow(r.foldedEnds, f.extraction.canonical(l), l)
	}
	if r.blocks != nil {
		r.visitAddress(f, l)
	}
}

func (r *rest) visitAddress(f *Finder, l *value) {
	a, ok := parseAddress(l.text)
	if !ok {
		return
	}
	f.extraction.work += matcherWork * len(r.blocks)
	for i := range r.blocks {
		b := &r.blocks[i]
		if b.v4 != a.v4 {
			continue
		}
		if n := b.nodes[a.masked(b.bits)]; n != nil {
			f.visit(n)
		}
	}
}

// follow tries the edges of every key that the text starts or ends with.
func (f *Finder) follow(x *textIndex, text []byte, l *value) {
	for i := x.find(text); i >= 0; i = x.up[i] {
		f.extraction.work += matcherWork
		f.try(x.edges[i], l)
	}
}

func (f *Finder) try(edges []matcherEdge, l *value) {
	for i := range edges {
		e := &edges[i]
		if e.matcher != nil {
			f.extraction.work += e.matcher.cost(l)
			if !e.matcher.match(l) {
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
			l := &x.values[j]
			x.work += valueWork + len(l.text)/8 // it is hashed
			m.visit(f, l)
		}
	}
}
