package match

import (
	"cmp"
	"slices"
)

// The index is a network of nodes. From the root, the values of an event lead by way of matchers to
// the nodes of the tests that they pass; a node's members are alternatives whose tests have been
// passed on the way there, hence candidates. An alternative takes the network's way with the fields
// that tell most, the exact ones first, and in an order common to all, so that rules share the start
// of their way. Whatever the network leaves out, and consistency within arrays, is looked at for
// each candidate afterwards: the index must miss none, and may offer too many.
type node struct {
	id      int32
	members []int32 // ascending
	indexes []valueIndex
}

// maxSpread bounds the nodes that one alternative takes part in: its lists multiply.
const maxSpread = 64

// class is how much a field's test tells, the best first.
type class uint8

const (
	classExact class = iota
	classText
	classRange
	classTrial
)

// class returns the worst class of a field's tests, and false where the index cannot hold them: the
// event need not have the field.
func (f *Field) class() (class, bool) {
	worst := classExact
	for i := range f.matchers {
		worst = max(worst, f.matchers[i].class())
	}
	return worst, !f.absent
}

func (m *Matcher) class() class {
	switch m.op {
	case opExact:
		return classExact
	case opNumeric:
		return classRange
	case opAnythingBut, opExists:
		return classTrial
	case opWildcard:
		if start, end := m.glob[0], m.glob[len(m.glob)-1]; len(start)+len(end) == 0 {
			return classTrial
		}
	case opPrefix, opSuffix:
		if len(m.text) == 0 {
			return classTrial
		}
	case opPrefixIgnoreCase, opSuffixIgnoreCase:
		if len(m.fold) == 0 {
			return classTrial
		}
	}
	return classText
}

// Index finds the patterns that an event matches, those of one topic's rules.
type Index struct {
	alternatives []alternative
	root         *node
	nodes        int
	fields       *step            // of the value; nil where nothing is asked of it
	headers      map[string]int32 // the slots of those that are asked for
}

// alternative is one way to match a pattern.
type alternative struct {
	pattern int32 // its index
	// object: the value must be an object.
	object bool
	fields []Field
}

// NewIndex makes the index of patterns of one set.
func NewIndex(patterns []*Pattern) *Index {
	x := &Index{headers: map[string]int32{}}
	for i, p := range patterns {
		for _, b := range p.branches {
			x.alternatives = append(x.alternatives, alternative{pattern: int32(i), object: p.object, fields: b})
			x.ask(b)
		}
	}
	x.root, x.nodes = buildIndex(x.alternatives)
	return x
}

// Empty reports whether there is no pattern in it.
func (x *Index) Empty() bool { return len(x.alternatives) == 0 }

// AsksValue reports whether a pattern asks something of the value.
func (x *Index) AsksValue() bool { return x.fields != nil }

// ask adds fields to what is read of an event.
func (x *Index) ask(fields []Field) {
	for i := range fields {
		f := &fields[i]
		if f.header {
			x.headers[f.name] = f.slot
			continue
		}
		if x.fields == nil {
			x.fields = newStep()
		}
		x.fields.add(f.path).slot = f.slot
	}
}

// indexBuilder makes the network of a plan.
type indexBuilder struct {
	nodes   int32
	root    *growing
	popular map[int32]int // by slot
}

// growing is a node while rules are added to it.
type growing struct {
	node     *node
	edges    map[int32]map[string]*growing // by slot and test
	matchers map[string]*Matcher
}

func (b *indexBuilder) grow() *growing {
	b.nodes++
	return &growing{node: &node{id: b.nodes - 1}, edges: map[int32]map[string]*growing{}, matchers: map[string]*Matcher{}}
}

// buildIndex returns the root of the network and the number of its nodes.
func buildIndex(alternatives []alternative) (*node, int) {
	b := &indexBuilder{popular: map[int32]int{}}
	b.root = b.grow()
	for i := range alternatives {
		for j := range alternatives[i].fields {
			b.popular[alternatives[i].fields[j].slot]++
		}
	}
	for i := range alternatives {
		b.add(int32(i), b.way(alternatives[i].fields))
	}
	b.root.finish()
	return b.root.node, int(b.nodes)
}

// way returns the fields by which an alternative is found, in their order.
func (b *indexBuilder) way(fields []Field) []*Field {
	type ranked struct {
		field *Field
		class class
	}
	var all []ranked
	for i := range fields {
		if c, ok := fields[i].class(); ok {
			all = append(all, ranked{&fields[i], c})
		}
	}
	slices.SortFunc(all, func(x, y ranked) int {
		return cmp.Or(cmp.Compare(x.class, y.class), cmp.Compare(b.popular[y.field.slot], b.popular[x.field.slot]),
			cmp.Compare(x.field.slot, y.field.slot))
	})
	var way []*Field
	spread := 1
	for i, r := range all {
		// A trial costs the same for a candidate later on, unless there would be no way at all.
		if i > 0 && (r.class == classTrial || spread*len(r.field.matchers) > maxSpread) {
			continue
		}
		spread *= len(r.field.matchers)
		way = append(way, r.field)
	}
	return way
}

func (b *indexBuilder) add(member int32, way []*Field) {
	at := []*growing{b.root}
	for _, f := range way {
		var next []*growing
		for _, g := range at {
			next = b.extend(g, f, next)
		}
		at = next
	}
	for _, g := range at {
		if m := g.node.members; len(m) == 0 || m[len(m)-1] != member {
			g.node.members = append(m, member)
		}
	}
}

// extend appends the nodes to which the tests of a field lead.
func (b *indexBuilder) extend(g *growing, f *Field, next []*growing) []*growing {
	edges := g.edges[f.slot]
	if edges == nil {
		edges = map[string]*growing{}
		g.edges[f.slot] = edges
	}
	for i := range f.matchers {
		key := f.matchers[i].key()
		to := edges[key]
		if to == nil {
			to = b.grow()
			edges[key] = to
			g.matchers[key] = &f.matchers[i]
		}
		next = append(next, to)
	}
	return next
}

// finish turns what has grown into matchers.
func (g *growing) finish() {
	for slot, edges := range g.edges {
		m := newValueIndex(slot)
		for key, to := range edges {
			to.finish()
			m.add(g.matchers[key], to.node)
		}
		g.node.indexes = append(g.node.indexes, m.done())
	}
	slices.SortFunc(g.node.indexes, func(a, b valueIndex) int { return cmp.Compare(a.slot, b.slot) })
}
