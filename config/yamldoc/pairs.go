package yamldoc

import (
	"fmt"
	"iter"
	"slices"

	"go.yaml.in/yaml/v3"
)

// Pair is a key of a mapping with its value.
type Pair struct {
	// Key is the node of the key, a scalar but for [NoWord]; that of << for [NoMapping].
	Key, Value *yaml.Node
	// Merged is the mapping that the pair comes from, if that is merged with <<.
	Merged *yaml.Node
	// Mistake says what is wrong with the pair, if anything is.
	Mistake Mistake
	// First is the line of the same key before it, for [Twice].
	First int
}

// Mistake is what can be wrong with a pair.
type Mistake int

// The mistakes.
const (
	// NoWord: the key is a list or a mapping.
	NoWord Mistake = iota + 1
	// Twice: the mapping has the key already.
	Twice
	// NoMapping: what << merges is no mapping, or the mapping itself.
	NoMapping
)

// Problem is what a mistake is, in a sentence.
func (p Pair) Problem() string {
	switch p.Mistake {
	case NoWord:
		return fmt.Sprintf("line %d has a list or a mapping for a key; a key is a word", p.Key.Line)
	case Twice:
		return fmt.Sprintf("the key is on line %d already; keep one of the two", p.First)
	case NoMapping:
		return fmt.Sprintf("<< on line %d merges something that is not a mapping; write <<: *name for an anchor &name", p.Value.Line)
	}
	return ""
}

// Resolve follows an alias.
func Resolve(n *yaml.Node) *yaml.Node {
	if n.Kind == yaml.AliasNode {
		return n.Alias
	}
	return n
}

// Pairs gives the pairs of a mapping: its own in their order, then those merged with <<, for keys that it does not
// have.
func Pairs(mapping *yaml.Node) iter.Seq[Pair] {
	return func(yield func(Pair) bool) {
		w := pairWalk{yield: yield, lines: map[string]int{}, done: map[*yaml.Node]bool{}}
		w.mapping(mapping, nil)
	}
}

type pairWalk struct {
	yield func(Pair) bool
	lines map[string]int // of the keys so far
	open  []*yaml.Node   // the mappings that are being merged into each other
	// done are the mappings that have been merged. A second time they have nothing to add, and aliases could make
	// that very many times.
	done map[*yaml.Node]bool
}

// mapping gives the pairs of one; false where no more are wanted.
func (w *pairWalk) mapping(n, merged *yaml.Node) bool {
	w.open = append(w.open, n)
	defer func() { w.open = w.open[:len(w.open)-1] }()
	var merges []Pair
	own := map[string]bool{}
	for i := 0; i+1 < len(n.Content); i += 2 {
		p := Pair{Key: Resolve(n.Content[i]), Value: n.Content[i+1], Merged: merged}
		name := p.Key.Value
		line, seen := w.lines[name]
		switch {
		case p.Key.Kind != yaml.ScalarNode:
			p.Mistake = NoWord
		case p.Key.ShortTag() == "!!merge":
			merges = append(merges, p)
			continue
		case own[name]:
			p.Mistake, p.First = Twice, line
		case seen:
			own[name] = true
			continue
		default:
			own[name], w.lines[name] = true, p.Key.Line
		}
		if !w.yield(p) {
			return false
		}
	}
	for _, p := range merges {
		if !w.merge(p, p.Value) {
			return false
		}
	}
	return true
}

// merge gives the pairs of what stands behind a <<.
func (w *pairWalk) merge(p Pair, value *yaml.Node) bool {
	n := Resolve(value)
	switch {
	case w.done[n]:
		return true
	case n.Kind == yaml.MappingNode && !slices.Contains(w.open, n):
		defer func() { w.done[n] = true }()
		return w.mapping(n, n)
	case n.Kind == yaml.SequenceNode && value == p.Value: // no list of lists
		for _, item := range n.Content {
			if !w.merge(p, item) {
				return false
			}
		}
		return true
	}
	p.Value, p.Mistake = value, NoMapping
	return w.yield(p)
}
