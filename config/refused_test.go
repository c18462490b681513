package config

import (
	"os"
	"strings"
	"testing"

	"go.yaml.in/yaml/v3"
)

// scalars are the values of a document, but for those that patterns compare and mappings by variable.
func scalars(n *yaml.Node, all []*yaml.Node) []*yaml.Node {
	if n.Kind == yaml.ScalarNode {
		return append(all, n)
	}
	for i, c := range n.Content {
		if n.Kind == yaml.MappingNode && i%2 == 0 {
			continue
		}
		all = scalars(c, all)
	}
	return all
}

// A value that is refused brings about one problem, which tells to write what the file has, and nothing
// follows from it.
func TestRefusedValueBringsAboutOneProblem(t *testing.T) {
	t.Parallel()
	for _, name := range []string{"full", "dead_letter_destination"} {
		f := fixtures(t, name+".good.yaml")[0]
		data, err := os.ReadFile(f.path)
		if err != nil {
			t.Fatal(err)
		}
		var whole yaml.Node
		if err := yaml.Unmarshal(data, &whole); err != nil {
			t.Fatal(err)
		}
		for _, at := range scalars(&whole, nil) {
			was := *at
			for _, wrong := range []yaml.Node{
				{Kind: yaml.ScalarNode, Value: "0123", Tag: "!!int"},
				{Kind: yaml.ScalarNode, Value: "1_000", Tag: "!!int"},
				{Kind: yaml.ScalarNode, Value: "no such thing!", Tag: "!!str"},
				{Kind: yaml.SequenceNode, Content: []*yaml.Node{{Kind: yaml.SequenceNode}}},
			} {
				*at = wrong
				text, err := yaml.Marshal(&whole)
				if err != nil {
					t.Fatal(err)
				}
				_, err = Parse(text, f.path, f.env)
				if err == nil && wrong.Tag == "!!str" {
					continue
				} else if err == nil {
					t.Errorf("%s: %q in the place of %q is taken", f.path, wrong.Value, was.Value)
					continue
				}
				said := err.Error()
				misread := wrong.Tag == "!!int" && !strings.Contains(said, wrong.Value) && !strings.HasSuffix(said, "is wanted")
				if secret := strings.Contains(said, "password") || strings.Contains(said, "token"); len(err.(Problems)) != 1 || misread && !secret {
					t.Errorf("%s: %q in the place of %q:\n%s", f.path, wrong.Value, was.Value, said)
				}
			}
			*at = was
		}
	}
}
