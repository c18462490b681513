package routetest

import (
	"fmt"
	"slices"
	"strings"

	"go.yaml.in/yaml/v3"

	"github.com/sluice-bridge/sluice/config/yamldoc"
	"github.com/sluice-bridge/sluice/internal/excerpt"
	"github.com/sluice-bridge/sluice/internal/suggest"
)

// reader reads a file of tests, and collects what is wrong with it.
type reader struct {
	*yamldoc.Report
	left int
	over bool // nothing more is read or told
}

// maxNodes bounds what aliases can blow a small file up to.
const maxNodes = 1_000_000

func (r *reader) addf(n *yaml.Node, path, format string, args ...any) {
	if r.over {
		return
	}
	r.AddAt(yamldoc.Location{Line: n.Line, Column: n.Column}, path, fmt.Sprintf(format, args...))
}

// parse reads one document; nil where that is not possible.
func (r *reader) parse(data []byte) *yaml.Node {
	root := yamldoc.Parse(data, r.Report)
	if root == nil && len(r.Problems) == 0 {
		r.addf(&yaml.Node{}, "", "the file is empty; write cases, see sluice test --help")
	}
	return root
}

// pair is a key of a mapping with its value.
type pair struct {
	key   string
	node  *yaml.Node // of the key
	value *yaml.Node
}

// mapping returns the pairs of a mapping, merged ones at the end. Where keys are given, others are
// refused.
func (r *reader) mapping(n *yaml.Node, path string, keys ...string) []pair {
	if n = yamldoc.Resolve(n); n.Kind != yaml.MappingNode {
		r.addf(n, path, yamldoc.Mismatch, kindOfNode(n), "a mapping")
		return nil
	}
	var all []pair
	for p := range yamldoc.Pairs(n) {
		if r.exhausted(n) {
			break
		}
		switch p.Mistake {
		case 0:
			all = append(all, pair{p.Key.Value, p.Key, p.Value})
		case yamldoc.Twice:
			r.addf(p.Key, yamldoc.Join(path, p.Key.Value), "%s", p.Problem())
		default:
			r.addf(p.Key, path, "%s", p.Problem())
		}
	}
	if len(keys) == 0 {
		return all
	}
	return slices.DeleteFunc(all, func(p pair) bool {
		if slices.Contains(keys, p.key) {
			return false
		}
		problem, _ := yamldoc.UnknownKey(p.key, keys)
		r.addf(p.node, yamldoc.Join(path, p.key), "%s", problem)
		return true
	})
}

// exhausted counts what is read, and tells once when that is too much.
func (r *reader) exhausted(n *yaml.Node) bool {
	if r.left--; r.left == 0 {
		r.addf(n, "", "the aliases of the file make more than %d values; use fewer", maxNodes)
		r.over = true
	}
	return r.over
}

// text reads a scalar as it is written.
func (r *reader) text(n *yaml.Node, path string) (string, bool) {
	if n = yamldoc.Resolve(n); n.Kind == yaml.ScalarNode {
		if err := yamldoc.Misread(n); err != nil {
			r.addf(n, path, "%s", err)
			return "", false
		}
	}
	if n.Kind != yaml.ScalarNode || n.ShortTag() == "!!null" {
		r.addf(n, path, yamldoc.Mismatch, kindOfNode(n), "text")
		return "", false
	}
	return n.Value, true
}

// known refuses names that the configuration does not have.
func (r *reader) known(n *yaml.Node, path, what string, names, there []string) {
	for _, name := range names {
		if slices.Contains(there, name) {
			continue
		}
		if name == "none" {
			r.addf(n, path, writeEmpty, name, what, what+"s")
		} else if near := suggest.DidYouMean(name, there); near != "" {
			r.addf(n, path, "the configuration has no %s %q%s", what, name, near)
		} else {
			r.addf(n, path, "the configuration has no %s %q; it has %s", what, name, excerpt.OrNone(strings.Join(there, ", ")))
		}
	}
}

func kindOfNode(n *yaml.Node) string {
	switch {
	case n.Kind == yaml.MappingNode:
		return "a mapping"
	case n.Kind == yaml.SequenceNode:
		return "a list"
	case n.ShortTag() == "!!null":
		return "nothing"
	}
	return "text"
}
