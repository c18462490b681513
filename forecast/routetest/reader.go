package routetest

import (
	"fmt"
	"slices"
	"strings"

	"go.yaml.in/yaml/v3"

	"github.com/sluice-bridge/sluice/config"
	"github.com/sluice-bridge/sluice/config/yamldoc"
	"github.com/sluice-bridge/sluice/internal/excerpt"
	"github.com/sluice-bridge/sluice/internal/suggest"
)

// reader reads a file of tests, and collects what is wrong with it.
type reader struct {
	file     string
	problems config.Problems
	left     int
	over     bool // nothing more is read or told
}

// maxNodes bounds what aliases can blow a small file up to.
const maxNodes = 1_000_000

func (r *reader) addf(n *yaml.Node, path, format string, args ...any) {
	if r.over {
		return
	}
	r.problems = append(r.problems, config.Problem{
		File: r.file, Line: n.Line, Column: n.Column, Path: path, Message: fmt.Sprintf(format, args...),
	})
}

// parse reads one document; nil where that is not possible.
func (r *reader) parse(data []byte) *yaml.Node {
	report := yamldoc.NewReport(r.file)
	root := yamldoc.Parse(data, report)
	if root == nil && len(report.Problems) == 0 {
		r.addf(&yaml.Node{}, "", "the file is empty; write cases, see sluice test --help")
	}
	r.problems = append(r.problems, report.Problems...)
	return root
}

// resolve follows an alias.
func resolve(n *yaml.Node) *yaml.Node {
	if n.Kind == yaml.AliasNode {
		return n.Alias
	}
	return n
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
	if n = resolve(n); n.Kind != yaml.MappingNode {
		r.addf(n, path, "this is %s where a mapping is wanted", kindOfNode(n))
		return nil
	}
	all := r.pairs(n, path, nil)
	if len(keys) == 0 {
		return all
	}
	return slices.DeleteFunc(all, func(p pair) bool {
		if slices.Contains(keys, p.key) {
			return false
		}
		at := strings.TrimPrefix(path+"."+p.key, ".")
		if near := suggest.DidYouMean(p.key, keys); near != "" {
			r.addf(p.node, at, "there is no such key%s", near)
		} else {
			r.addf(p.node, at, "there is no such key; there are %s", strings.Join(keys, ", "))
		}
		return true
	})
}

func (r *reader) pairs(n *yaml.Node, path string, all []pair) []pair {
	var merged []*yaml.Node
	own := len(all)
	for i := 0; i+1 < len(n.Content) && !r.exhausted(n); i += 2 {
		key, value := resolve(n.Content[i]), n.Content[i+1]
		switch before := slices.IndexFunc(all, func(p pair) bool { return p.key == key.Value }); {
		case key.Kind != yaml.ScalarNode:
			r.addf(key, path, "a list or a mapping is a key here; a key is a word")
		case key.ShortTag() == "!!merge":
			merged = append(merged, value)
		case before >= own:
			r.addf(key, path, "%q is on line %d already; keep one of the two", key.Value, all[before].node.Line)
		case before < 0:
			all = append(all, pair{key.Value, key, value})
		}
	}
	for _, m := range merged {
		switch m = resolve(m); m.Kind {
		case yaml.MappingNode:
			all = r.pairs(m, path, all)
		case yaml.SequenceNode:
			for _, item := range m.Content {
				if item = resolve(item); item.Kind == yaml.MappingNode {
					all = r.pairs(item, path, all)
				}
			}
		default:
			r.addf(m, path, "<< merges something that is no mapping; write <<: *name for an anchor &name")
		}
	}
	return all
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
	if n = resolve(n); n.Kind == yaml.ScalarNode {
		if err := yamldoc.Misread(n); err != nil {
			r.addf(n, path, "%s", err)
			return "", false
		}
	}
	if n.Kind != yaml.ScalarNode || n.ShortTag() == "!!null" {
		r.addf(n, path, "this is %s where a text is wanted", kindOfNode(n))
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
	return "a text"
}
