package routing

// step is a place in the tree of fields that a topic's rules ask for.
type step struct {
	id   int32
	slot int32 // where the values found here go; -1 where no rule ends here
	keys []string
	kids []*step
	// index replaces the search through keys where there are many.
	index map[string]*step
}

func newStep(id int32) *step { return &step{id: id, slot: -1} }

// manyKeys is where a map lookup becomes cheaper than comparing one by one.
const manyKeys = 8

func (s *step) child(key []byte) *step {
	if s.index != nil {
		return s.index[string(key)]
	}
	for i, k := range s.keys {
		if k == string(key) {
			return s.kids[i]
		}
	}
	return nil
}

// add makes sure that the path below s exists and returns its end. next counts the steps.
func (s *step) add(path []string, next *int32) *step {
	for _, key := range path {
		c := s.child([]byte(key))
		if c == nil {
			*next++
			c = newStep(*next)
			s.keys, s.kids = append(s.keys, key), append(s.kids, c)
			if len(s.keys) > manyKeys && s.index == nil {
				s.index = map[string]*step{}
				for i, k := range s.keys {
					s.index[k] = s.kids[i]
				}
			}
			if s.index != nil {
				s.index[key] = c
			}
		}
		s = c
	}
	return s
}

type kind uint8

const (
	kindString kind = iota + 1
	kindNumber
	kindTrue
	kindFalse
	kindNull
	// kindGone is a value whose key occurred again: the last one counts.
	kindGone
)

// leaf is a scalar found at a field.
type leaf struct {
	kind kind
	slot int32
	next int32 // the leaf before in the same slot, or -1
	elem int32 // the array element it is within, or 0
	text []byte
	num  decimal
}

// elem is an element of an array of objects. Fields below the same array must come from the same
// element to match together.
type elem struct {
	array, index, parent int32
}

// extraction is what was read of one event: one pass over the value, however many rules ask. Its
// memory serves one event after another.
type extraction struct {
	leaves []leaf
	heads  []int32 // by slot: the last leaf, or -1
	elems  []elem  // [0] is the event itself
	buf    []byte  // unescaped text
	chosen []int32 // see matchWithin
	seen   []occurrence
	object int64 // counts objects over the extraction's life, so that seen needs no reset
	arrays int32
}

// occurrence is where a step was last found: in which object, and which leaves came of it.
type occurrence struct {
	object     int64
	start, end int
}

func newExtraction(slots int) *extraction {
	x := &extraction{heads: make([]int32, slots), elems: make([]elem, 1, 8)}
	for i := range x.heads {
		x.heads[i] = -1
	}
	return x
}

// keepLeaves is how many leaves an extraction may keep room for: one huge event must not hold on
// to its memory for good.
const keepLeaves = 4096

func (x *extraction) reset() {
	for i := range x.leaves {
		x.heads[x.leaves[i].slot] = -1
	}
	if cap(x.leaves)+cap(x.elems) > keepLeaves || cap(x.buf) > 16*keepLeaves {
		x.leaves, x.elems, x.buf = nil, make([]elem, 1, 8), nil
	}
	clear(x.leaves) // lets go of the record's bytes
	x.leaves, x.elems, x.buf, x.arrays = x.leaves[:0], x.elems[:1], x.buf[:0], 0
}

// read takes from a document what the tree asks for. steps is the number of steps of the tree.
// It returns false where the document is no object.
func (x *extraction) read(root *step, steps int32, doc []byte) bool {
	i := skipSpace(doc, 0)
	if i >= len(doc) || doc[i] != '{' {
		return false
	}
	if int(steps) > len(x.seen) {
		x.seen = append(x.seen, make([]occurrence, int(steps)-len(x.seen))...)
	}
	x.members(root, doc, i, 0)
	return true
}

func (x *extraction) members(s *step, doc []byte, i int, within int32) (end int) {
	x.object++
	object := x.object
	for i++; ; {
		m, next, ok := nextMember(doc, i)
		if !ok {
			return next
		}
		key := m.key
		if m.escaped {
			start := len(x.buf)
			x.buf = unescape(x.buf, key)
			key = x.buf[start:]
		}
		c := s.child(key)
		if c == nil {
			i = valueEnd(doc, next)
			continue
		}
		if o := x.seen[c.id]; o.object == object {
			for j := o.start; j < o.end; j++ {
				x.leaves[j].kind = kindGone
			}
		}
		start := len(x.leaves)
		i = x.value(c, doc, next, within)
		x.seen[c.id] = occurrence{object, start, len(x.leaves)}
	}
}

func (x *extraction) value(s *step, doc []byte, i int, within int32) (end int) {
	switch doc[i] {
	case '{':
		if len(s.keys) == 0 {
			return valueEnd(doc, i)
		}
		return x.members(s, doc, i, within)
	case '[':
		return x.elements(s, doc, i, within)
	}
	end = valueEnd(doc, i)
	if s.slot >= 0 {
		x.add(s.slot, doc[i:end], within)
	}
	return end
}

func (x *extraction) elements(s *step, doc []byte, i int, within int32) (end int) {
	x.arrays++
	array := x.arrays
	i++
	for index := int32(0); ; index++ {
		start, ok := nextElement(doc, i)
		if !ok {
			return start
		}
		at := within
		if doc[start] == '{' {
			x.elems = append(x.elems, elem{array: array, index: index, parent: within})
			at = int32(len(x.elems) - 1)
		}
		i = max(start+1, x.value(s, doc, start, at))
	}
}

func (x *extraction) add(slot int32, raw []byte, within int32) {
	l := leaf{slot: slot, next: x.heads[slot], elem: within, text: raw}
	switch raw[0] {
	case '"':
		l.kind = kindString
		l.text, x.buf = stringText(raw, x.buf)
	case 't':
		l.kind = kindTrue
	case 'f':
		l.kind = kindFalse
	case 'n':
		l.kind = kindNull
	default:
		l.kind = kindNumber
		l.num = parseDecimal(raw)
	}
	x.heads[slot] = int32(len(x.leaves))
	x.leaves = append(x.leaves, l)
}

// fits reports whether an element goes together with all that are chosen.
func (x *extraction) fits(elem int32) bool {
	for _, c := range x.chosen {
		if !x.together(c, elem) {
			return false
		}
	}
	return true
}

// together reports whether two leaves may match for one rule: below every array that they share,
// they are within the same element.
func (x *extraction) together(a, b int32) bool {
	for ; a != 0; a = x.elems[a].parent {
		for e := b; e != 0; e = x.elems[e].parent {
			if x.elems[e].array == x.elems[a].array && x.elems[e].index != x.elems[a].index {
				return false
			}
		}
	}
	return true
}
