package match

import (
	"fmt"
	"strings"

	"github.com/sluice-bridge/sluice/routing/pattern/ip"
)

// key is the same for tests that are the same.
func (m *Matcher) key() string {
	switch {
	case m.op == opExact && m.kind == kindNumber && m.exact:
		return fmt.Sprint("number ", m.num)
	case m.op == opNumeric:
		return fmt.Sprint("range ", m.span)
	case m.op == opAddress:
		return fmt.Sprint("block ", m.block)
	case m.op == opAnythingBut:
		var b strings.Builder
		for i := range m.not {
			fmt.Fprintf(&b, "not %q", m.not[i].key())
		}
		return b.String()
	}
	return fmt.Sprintf("%d %d %s", m.op, m.kind, m.text)
}

// valueIndexBuilder gathers the edges of one matcher.
type valueIndexBuilder struct {
	valueIndex
	rest                                   rest
	used                                   bool // rest is
	starts, ends, foldedStarts, foldedEnds map[string][]matcherEdge
	ranges                                 []rangeEdge
}

func newValueIndex(slot int32) *valueIndexBuilder {
	return &valueIndexBuilder{
		valueIndex: valueIndex{slot: slot},
		starts:     map[string][]matcherEdge{}, ends: map[string][]matcherEdge{},
		foldedStarts: map[string][]matcherEdge{}, foldedEnds: map[string][]matcherEdge{},
	}
}

func (b *valueIndexBuilder) add(t *Matcher, to *node) {
	if t.op == opExact {
		b.addExact(t, to)
		return
	}
	b.used = true
	if t.class() == classTrial {
		b.rest.trials = append(b.rest.trials, matcherEdge{t, to})
		return
	}
	// Where the look-up says it all, the test need not be tried again.
	known, tried := matcherEdge{nil, to}, matcherEdge{t, to}
	canonical := string(appendCanonical(nil, t.text))
	switch t.op {
	case opPrefix:
		addEdge(b.starts, string(t.text), known)
	case opSuffix:
		addEdge(b.ends, string(reversedBytes(t.text)), known)
	case opWildcard:
		if start := t.glob[0]; len(start) > 0 {
			addEdge(b.starts, string(start), tried)
		} else {
			addEdge(b.ends, string(reversedBytes(t.glob[len(t.glob)-1])), tried)
		}
	case opEqualsIgnoreCase:
		if b.rest.folded == nil {
			b.rest.folded = map[string][]matcherEdge{}
		}
		addEdge(b.rest.folded, canonical, tried)
	case opPrefixIgnoreCase:
		addEdge(b.foldedStarts, canonical, tried)
	case opSuffixIgnoreCase:
		addEdge(b.foldedEnds, string(reversedBytes([]byte(canonical))), tried)
	case opNumeric:
		b.ranges = append(b.ranges, rangeEdge{t.span, to})
	case opAddress:
		b.addBlock(t.block, to)
	}
}

func addEdge(m map[string][]matcherEdge, key string, e matcherEdge) { m[key] = append(m[key], e) }

func (b *valueIndexBuilder) addExact(t *Matcher, to *node) {
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

func (b *valueIndexBuilder) addBlock(block ip.Network, to *node) {
	for i := range b.rest.blocks {
		if o := &b.rest.blocks[i]; o.v4 == block.Base.V4 && o.bits == block.Bits {
			o.nodes[block.Base] = to
			return
		}
	}
	b.rest.blocks = append(b.rest.blocks, blockIndex{block.Base.V4, block.Bits, map[ip.Address]*node{block.Base: to}})
}

func (b *valueIndexBuilder) done() valueIndex {
	if b.used {
		b.rest.starts, b.rest.ends = newTextIndex(b.starts, false), newTextIndex(b.ends, true)
		b.rest.foldedStarts, b.rest.foldedEnds = newTextIndex(b.foldedStarts, false), newTextIndex(b.foldedEnds, true)
		b.rest.ranges = newRangeIndex(b.ranges)
		b.valueIndex.rest = &b.rest
	}
	return b.valueIndex
}
