package routing

import (
	"fmt"
	"strings"
)

// key is the same for tests that are the same.
func (t *test) key() string {
	switch {
	case t.op == opExact && t.kind == kindNumber && t.exact:
		return fmt.Sprint("number ", t.num)
	case t.op == opNumeric:
		return fmt.Sprint("range ", t.span)
	case t.op == opAddress:
		return fmt.Sprint("block ", t.block)
	case t.op == opAnythingBut:
		var b strings.Builder
		for i := range t.not {
			fmt.Fprintf(&b, "not %q", t.not[i].key())
		}
		return b.String()
	}
	return fmt.Sprintf("%d %d %s", t.op, t.kind, t.text)
}

// matcherBuilder gathers the edges of one matcher.
type matcherBuilder struct {
	matcher
	rest                                   rest
	used                                   bool // rest is
	starts, ends, foldedStarts, foldedEnds map[string][]testEdge
	ranges                                 []rangeEdge
}

func newMatcher(slot int32) *matcherBuilder {
	return &matcherBuilder{
		matcher: matcher{slot: slot},
		starts:  map[string][]testEdge{}, ends: map[string][]testEdge{},
		foldedStarts: map[string][]testEdge{}, foldedEnds: map[string][]testEdge{},
	}
}

func (b *matcherBuilder) add(t *test, to *node) {
	if t.op == opExact {
		b.addExact(t, to)
		return
	}
	b.used = true
	if t.class() == classTrial {
		b.rest.trials = append(b.rest.trials, testEdge{t, to})
		return
	}
	// Where the look-up says it all, the test need not be tried again.
	known, tried := testEdge{nil, to}, testEdge{t, to}
	canonical := string(appendCanonical(nil, t.text))
	switch t.op {
	case opPrefix:
		put(b.starts, string(t.text), known)
	case opSuffix:
		put(b.ends, string(reversed(t.text)), known)
	case opWildcard:
		if start := t.glob[0]; len(start) > 0 {
			put(b.starts, string(start), tried)
		} else {
			put(b.ends, string(reversed(t.glob[len(t.glob)-1])), tried)
		}
	case opEqualsIgnoreCase:
		if b.rest.folded == nil {
			b.rest.folded = map[string][]testEdge{}
		}
		put(b.rest.folded, canonical, tried)
	case opPrefixIgnoreCase:
		put(b.foldedStarts, canonical, tried)
	case opSuffixIgnoreCase:
		put(b.foldedEnds, string(reversed([]byte(canonical))), tried)
	case opNumeric:
		b.ranges = append(b.ranges, rangeEdge{t.span, to})
	case opAddress:
		b.addBlock(t.block, to)
	}
}

func put(m map[string][]testEdge, key string, e testEdge) { m[key] = append(m[key], e) }

func (b *matcherBuilder) addExact(t *test, to *node) {
	switch {
	case t.kind == kindString:
		if b.strings == nil {
			b.strings = map[string]*node{}
		}
		b.strings[string(t.text)] = to
	case t.kind != kindNumber:
		b.kinds[t.kind] = to
	case t.exact:
		if b.numbers == nil {
			b.numbers = map[float64]*node{}
		}
		b.numbers[t.num] = to
	default:
		b.used = true
		if b.rest.inexact == nil {
			b.rest.inexact = map[string]*node{}
		}
		b.rest.inexact[string(t.text)] = to
	}
}

func (b *matcherBuilder) addBlock(block network, to *node) {
	for i := range b.rest.blocks {
		if o := &b.rest.blocks[i]; o.v4 == block.base.v4 && o.bits == block.bits {
			o.nodes[block.base] = to
			return
		}
	}
	b.rest.blocks = append(b.rest.blocks, blockIndex{block.base.v4, block.bits, map[address]*node{block.base: to}})
}

func (b *matcherBuilder) done() matcher {
	if b.used {
		b.rest.starts, b.rest.ends = newTextIndex(b.starts, false), newTextIndex(b.ends, true)
		b.rest.foldedStarts, b.rest.foldedEnds = newTextIndex(b.foldedStarts, false), newTextIndex(b.foldedEnds, true)
		b.rest.ranges = newRangeIndex(b.ranges)
		b.matcher.rest = &b.rest
	}
	return b.matcher
}
