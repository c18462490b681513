package yamldoc

import (
	"fmt"
	"strings"
	"testing"

	"go.yaml.in/yaml/v3"
)

func TestMergeAddsOnlyKeysThatAreMissing(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]string{
		"{a: 1, b: 2, a: 3}":                 "a=1 b=2 a=Twice1",
		"{<<: {a: 9, c: 3}, a: 1}":           "a=1 +c=3",
		"{<<: [{a: 1}, {a: 2, b: 2}], c: 3}": "c=3 +a=1 +b=2",
		"{<<: {<<: {a: 1, b: 1}, b: 2}}":     "+b=2 +a=1",
		"{<<: {a: 1, a: 2}}":                 "+a=1 a=Twice1",
		"{<<: x, a: 1}":                      "a=1 <<=NoMapping",
		"{<<: [{a: 1}, [{b: 1}], x]}":        "+a=1 <<=NoMapping <<=NoMapping",
		"{[a]: 1, b: 2}":                     "NoWord b=2",
		"{x: &m {a: 1}, <<: *m, y: 2}":       "x= y=2 +a=1",
		"&self {a: 1, <<: *self}":            "a=1 <<=NoMapping",
		"{<<: [&m {a: 1}, *m, *m]}":          "+a=1",
		"{<<: &m {a: 1, b: {<<: *m}}}":       "+a=1 +b=",
		"{\"a\": 1, ? &k b : 2, *k : 3}":     "a=1 b=2 b=Twice1",
	} {
		var doc yaml.Node
		if err := yaml.Unmarshal([]byte(text), &doc); err != nil {
			t.Errorf("%s: %v", text, err)
			continue
		}
		var got []string
		for p := range Pairs(doc.Content[0]) {
			said := p.Key.Value + "=" + p.Value.Value
			switch {
			case p.Mistake == NoWord:
				said = "NoWord"
			case p.Mistake == Twice:
				said = fmt.Sprintf("%s=Twice%d", p.Key.Value, p.First)
			case p.Mistake == NoMapping:
				said = "<<=NoMapping"
			case p.Merged != nil:
				said = "+" + said
			}
			got = append(got, said)
		}
		if strings.Join(got, " ") != want {
			t.Errorf("%s: %q, want %q", text, strings.Join(got, " "), want)
		}
	}
}

// Aliases that merge the same again and again cost no more than their text.
func TestMergedAliasesCostNoMoreThanTheirText(t *testing.T) {
	t.Parallel()
	text := "a: &a {x: 1}\n"
	for c := 'b'; c < 'z'; c++ {
		last := "*" + string(c-1)
		text += string(c) + ": &" + string(c) + " {<<: [" + strings.Repeat(last+", ", 9) + last + "]}\n"
	}
	r := NewReport("x.yaml")
	if tree := Tree(r, "", Parse([]byte(text), r), nil); tree == nil || len(r.Problems) > 0 {
		t.Errorf("%v", r.Problems)
	}
}
