package routetest

import (
	"slices"
	"strings"

	"go.yaml.in/yaml/v3"

	"github.com/sluice-bridge/sluice/bridge/message"
	"github.com/sluice-bridge/sluice/config/yamldoc"
	"github.com/sluice-bridge/sluice/forecast"
	"github.com/sluice-bridge/sluice/internal/excerpt"
	"github.com/sluice-bridge/sluice/internal/suggest"
)

// check is one thing that is expected of an event.
type check struct {
	node *yaml.Node
	at   string // in the file: "cases[2].expect.destinations"
	path string // in what is expected: "destinations", "attributes.alerts.tier"
	// Rules and destinations are names that the configuration must have.
	rules, destinations []string
	// meets compares. Where the two differ it says what is wanted and what there is.
	meets func(f *forecast.Forecast) (want, got string, ok bool)
}

// outcomeNames are the outcomes that can be expected.
var outcomeNames = []string{"routed", "unmatched", "dropped", "dead_letter", forecast.NotRead}

// unroutableReasons are those of dead letters that an event becomes before there is a message.
var unroutableReasons = []string{string(message.ReasonUndecodable), string(message.ReasonRuleError), string(message.ReasonUnmatched)}

// oneOf refuses what is none of the names that there are.
func (r *reader) oneOf(n *yaml.Node, path, what, name string, names []string) {
	if slices.Contains(names, name) {
		return
	}
	if near := suggest.DidYouMean(name, names); near != "" {
		r.addf(n, path, "%q is not a valid %s%s", name, what, near)
	} else {
		r.addf(n, path, "%q is not a valid %s; write %s", name, what, strings.Join(names, ", "))
	}
}

// expect reads what is expected.
func (r *reader) expect(n *yaml.Node, path string) []check {
	before := len(r.Problems)
	var all []check
	for _, p := range r.mapping(n, path, "outcome", "reason", "rule", "rules", "destinations", "attributes", "group_id", "subject",
		"body", "correlation_id", "errors", "problems") {
		all = append(all, r.expectation(p, path+"."+p.key)...)
	}
	if len(all) == 0 && len(r.Problems) == before {
		r.addf(n, path, "nothing is expected; add something like destinations: [ledger]")
	}
	return all
}

func (r *reader) expectation(p pair, at string) []check {
	c := check{node: p.node, at: at, path: p.key}
	switch p.key {
	case "outcome":
		want, ok := r.text(p.value, at)
		switch {
		case ok && want != "unmatched" && slices.Contains(unroutableReasons, want):
			r.addf(p.value, at, "%q is the reason of a dead letter; write outcome: dead_letter, and reason: %[1]s beside it", want)
		case ok:
			r.oneOf(p.value, at, "outcome", want, outcomeNames)
		}
		c.meets = func(f *forecast.Forecast) (string, string, bool) { return want, f.Outcome, f.Outcome == want }
	case "reason":
		parts := r.parts(p.value, at)
		for _, part := range parts {
			if part.name == "none" {
				r.addf(p.value, at, writeEmpty, part.name, "reason", "reason")
				continue
			}
			r.oneOf(p.value, at, "reason", part.name, unroutableReasons)
		}
		c.meets = func(f *forecast.Forecast) (string, string, bool) { return compareParts(parts, whyOf(f)) }
	case "rule":
		want, _ := r.text(p.value, at)
		c.rules = []string{want}
		c.meets = func(f *forecast.Forecast) (string, string, bool) {
			return want, list(f.Rules), slices.Contains(f.Rules, want)
		}
	case "rules":
		want := r.list(p.value, at)
		c.rules = want
		c.meets = func(f *forecast.Forecast) (string, string, bool) {
			return list(want), list(f.Rules), slices.Equal(want, f.Rules)
		}
	case "destinations":
		want := r.list(p.value, at)
		c.destinations = want
		sorted := slices.Compact(slices.Sorted(slices.Values(want)))
		c.meets = func(f *forecast.Forecast) (string, string, bool) {
			return list(sorted), sendingOf(f), slices.Equal(sorted, f.Sent())
		}
	case "correlation_id":
		want, _ := r.text(p.value, at)
		c.meets = func(f *forecast.Forecast) (string, string, bool) {
			return want, excerpt.OrNone(f.CorrelationID), f.CorrelationID == want
		}
	case "errors":
		parts := r.parts(p.value, at)
		c.rules = names(parts)
		c.meets = func(f *forecast.Forecast) (string, string, bool) { return compareParts(parts, failedOf(f)) }
	case "problems":
		parts := r.parts(p.value, at)
		c.destinations = names(parts)
		c.meets = func(f *forecast.Forecast) (string, string, bool) { return compareParts(parts, unsendableOf(f)) }
	default:
		return r.byDestination(p, at)
	}
	return []check{c}
}

// writeEmpty is for the word that a failure has for an empty list, and for what there is none of.
const writeEmpty = "%q is not a valid %s; where there is to be none write an empty list, as in %s: []"

// list reads a list of texts, or one text.
func (r *reader) list(n *yaml.Node, path string) []string {
	switch n = yamldoc.Resolve(n); {
	case n.Kind == yaml.ScalarNode && n.ShortTag() == "!!null" && yamldoc.Misread(n) == nil:
		r.addf(n, path, "this is nothing where names are wanted; write [] where there is to be none")
		return nil
	case n.Kind != yaml.SequenceNode:
		if text, ok := r.text(n, path); ok {
			return []string{text}
		}
		return nil
	}
	var all []string
	for _, item := range n.Content {
		if text, ok := r.text(item, path); ok {
			all = append(all, text)
		}
	}
	return all
}

// list writes names for a person.
func list(all []string) string { return excerpt.OrNone(strings.Join(all, ", ")) }

// part is a name, and a part of what is said of it.
type part struct{ name, text string }

// parts reads names, or a mapping of them to texts.
func (r *reader) parts(n *yaml.Node, path string) []part {
	var all []part
	if n = yamldoc.Resolve(n); n.Kind != yaml.MappingNode {
		for _, name := range r.list(n, path) {
			all = append(all, part{name: name})
		}
		return all
	}
	for _, p := range r.mapping(n, path) {
		if text, ok := r.text(p.value, path+"."+p.key); ok {
			all = append(all, part{p.key, text})
		}
	}
	return all
}

func names(parts []part) []string {
	var all []string
	for _, p := range parts {
		all = append(all, p.name)
	}
	return all
}

// compareParts wants all names to be there, no others, and each text to hold its part.
func compareParts(want, got []part) (wanted, came string, ok bool) {
	ok = len(want) == len(got)
	for _, w := range want {
		ok = ok && slices.ContainsFunc(got, func(g part) bool { return g.name == w.name && strings.Contains(g.text, w.text) })
	}
	return written(want), written(got), ok
}

func written(parts []part) string {
	var all []string
	for _, p := range parts {
		all = append(all, strings.TrimSuffix(p.name+": "+p.text, ": "))
	}
	return excerpt.OrNone(strings.Join(all, "; "))
}
