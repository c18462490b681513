package yamldoc

import (
	"strings"

	"go.yaml.in/yaml/v3"
)

// maxAliased bounds what aliases can blow a small file up to: a count of values.
const maxAliased = 100_000

// Expanded is text that came out of a variable. It may stand for a number, a truth value or a
// comma separated list, as the setting wants.
type Expanded string

// treeReader turns YAML nodes into maps, lists and scalars.
type treeReader struct {
	*Report
	lookup func(string) (string, bool)
	// open are the aliased nodes being read, to notice one that holds itself.
	open map[*yaml.Node]bool
	left int
}

// Tree turns a node, at a path, into maps, lists and scalars: nil, a [Truth], a json.Number, a string, or
// [Expanded]. Variables are filled in by lookup. The report learns where each value stands. It is nil where
// there is too much of it.
func Tree(r *Report, path string, n *yaml.Node, lookup func(string) (string, bool)) any {
	t := &treeReader{Report: r, lookup: lookup, open: map[*yaml.Node]bool{}, left: maxAliased}
	tree := t.value(path, n)
	if t.left <= 0 {
		return nil
	}
	return tree
}

func (t *treeReader) value(path string, n *yaml.Node) any {
	if t.exhausted() {
		return nil
	}
	switch n.Kind {
	case yaml.AliasNode:
		return t.alias(path, n)
	case yaml.MappingNode:
		return t.mapping(path, n)
	case yaml.SequenceNode:
		out := make([]any, len(n.Content))
		for i, item := range n.Content {
			at := Index(path, i)
			t.note(at, item, item)
			out[i] = t.value(at, item)
		}
		return out
	default:
		return t.scalar(path, n)
	}
}

// exhausted counts a value that an alias repeats.
func (t *treeReader) exhausted() bool {
	if len(t.open) == 0 {
		return false
	}
	if t.left--; t.left == 0 {
		t.Unreadf("", "the aliases of the file make more than %d values; use fewer", maxAliased)
	}
	return t.left <= 0
}

func (t *treeReader) alias(path string, n *yaml.Node) any {
	if t.open[n.Alias] {
		t.Unreadf(path, "what begins with * here stands for something that holds itself; write the values out")
		return nil
	}
	t.open[n.Alias] = true
	defer delete(t.open, n.Alias)
	return t.value(path, n.Alias)
}

func (t *treeReader) mapping(path string, n *yaml.Node) map[string]any {
	out := make(map[string]any, len(n.Content)/2)
	for p := range Pairs(n) {
		at := Join(path, p.Key.Value)
		if t.open[p.Merged] {
			p.Mistake = NoMapping
		}
		switch {
		case p.Mistake == Twice:
			t.note(at, p.Key, p.Value)
			t.Addf(at, "%s", p.Problem())
		case p.Mistake != 0:
			t.Unreadf(path, "%s", p.Problem())
		case p.Merged != nil:
			t.note(at, p.Key, p.Value)
			t.open[p.Merged] = true
			out[p.Key.Value] = t.value(at, p.Value)
			delete(t.open, p.Merged)
		default:
			t.note(at, p.Key, p.Value)
			out[p.Key.Value] = t.value(at, p.Value)
		}
		if t.left <= 0 {
			break
		}
	}
	return out
}

func (t *treeReader) scalar(path string, n *yaml.Node) any {
	v, err := Literal(n)
	if text, ok := v.(string); ok && strings.Contains(text, "${") {
		text, err = expand(text, t.lookup)
		v = Expanded(text)
	}
	if err != nil {
		t.Unreadf(path, "%s", err)
		return nil
	}
	if oddEnds(n) {
		t.Warnf(path, "the text begins or ends with a space of another kind, such as that of a web page; remove it, or put the text in quotes if it is meant")
	}
	return v
}

// note records where a value stands: at its key, because that is the line a reader looks for.
func (t *treeReader) note(path string, key, value *yaml.Node) {
	quoted := value.Style&(yaml.SingleQuotedStyle|yaml.DoubleQuotedStyle|yaml.LiteralStyle|yaml.FoldedStyle) != 0
	at := Location{Line: key.Line, Column: key.Column, Quoted: quoted}
	if value.Style&(yaml.LiteralStyle|yaml.FoldedStyle) != 0 {
		at.block = value
	}
	t.locations[path] = at
}
