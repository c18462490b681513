package routetest

import (
	"cmp"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"

	"github.com/twmb/franz-go/pkg/kgo"
	"go.yaml.in/yaml/v3"

	"github.com/sluice-bridge/sluice/config"
	"github.com/sluice-bridge/sluice/config/yamldoc"
	"github.com/sluice-bridge/sluice/forecast"
	"github.com/sluice-bridge/sluice/internal/excerpt"
)

// Suite is a file of routing tests with the configuration that it is for.
type Suite struct {
	Path string
	// Results are those of the cases that were run.
	Results []Result

	cases      []testCase
	forecaster *forecast.Forecaster
}

// Close frees what the suite holds.
func (s *Suite) Close() { s.forecaster.Close() }

// Load reads files of tests and their configurations, or another one for all where that is named. The error is of type
// config.Problems where a file is wrong: every problem of all of them.
func Load(paths []string, override string, env []string) ([]*Suite, error) {
	var all []*Suite
	var problems config.Problems
	var failed error
	for _, path := range paths {
		s, err := load(path, override, env)
		var found config.Problems
		switch {
		case err == nil:
			all = append(all, s)
		case errors.As(err, &found):
			for _, p := range found {
				if !slices.Contains(problems, p) { // two files may share a configuration
					problems = append(problems, p)
				}
			}
		default:
			failed = err
		}
	}
	if len(problems) > 0 {
		failed = problems
	}
	if failed != nil {
		for _, s := range all {
			s.Close()
		}
		return nil, failed
	}
	return all, nil
}

// testCase is an event, and what is to become of it.
type testCase struct {
	name   string
	line   int
	record *kgo.Record
	schema *statedSchema // of the value
	checks []check
}

func load(path, override string, env []string) (*Suite, error) {
	data, err := os.ReadFile(path)
	if err != nil {
		return nil, config.Problems{{File: path, Message: "the file cannot be read (" + excerpt.Cause(err) + "); name a file of routing tests, see sluice test --help"}}
	}
	r := &reader{Report: yamldoc.NewReport(path), left: maxNodes}
	s := &Suite{Path: path}
	name, known := r.suite(r.parse(data), s)
	if override == "" && !known {
		return nil, r.Problems
	}
	if override == "" {
		override = filepath.Join(filepath.Dir(path), cmp.Or(name, "bridge.yaml"))
		if filepath.IsAbs(name) {
			override = name
		}
	}
	cfg, err := config.Load(override, env)
	var wrong config.Problems
	if errors.As(err, &wrong) {
		return nil, append(r.Problems, wrong...)
	} else if err != nil {
		return nil, err
	}
	f, err := forecast.NewOffline(cfg)
	if err != nil {
		return nil, err
	}
	s.forecaster = f
	r.names(s)
	r.schemas(s)
	if len(r.Problems) > 0 {
		f.Close()
		slices.SortStableFunc(r.Problems, func(a, b config.Problem) int { return cmp.Compare(a.Line, b.Line) })
		return nil, r.Problems
	}
	return s, nil
}

// suite reads the document, and returns the name of the configuration, empty where that is the usual one; it is
// not known where the file, its keys or that name cannot be read.
func (r *reader) suite(root *yaml.Node, s *Suite) (cfg string, known bool) {
	if root == nil {
		return "", false
	}
	found, before := false, len(r.Problems)
	pairs := r.mapping(root, "", "config", "cases")
	known = len(r.Problems) == before
	for _, p := range pairs {
		switch p.key {
		case "config":
			cfg, known = r.text(p.value, p.key)
		case "cases":
			found = true
			r.cases(p.value, s)
		}
	}
	if len(r.Problems) == 0 && (!found || len(s.cases) == 0) {
		r.addf(root, "cases", "there is no case; add one, see sluice test --help")
	}
	return cfg, known
}

func (r *reader) cases(n *yaml.Node, s *Suite) {
	if n = yamldoc.Resolve(n); n.Kind != yaml.SequenceNode {
		r.addf(n, "cases", yamldoc.Mismatch, kindOfNode(n), "a list of cases")
		return
	}
	lines := map[string]int{}
	for i, item := range n.Content {
		c := r.testCase(item, fmt.Sprintf("cases[%d]", i))
		if before, twice := lines[c.name]; twice && c.name != "" {
			r.addf(item, fmt.Sprintf("cases[%d].name", i), "the case on line %d has this name already; give each its own", before)
		}
		lines[c.name] = c.line
		s.cases = append(s.cases, c)
	}
}

func (r *reader) testCase(n *yaml.Node, path string) testCase {
	c := testCase{line: n.Line}
	expects, before := false, len(r.Problems)
	for _, p := range r.mapping(n, path, "name", "event", "expect") {
		at := path + "." + p.key
		switch p.key {
		case "name":
			c.name, _ = r.text(p.value, at)
		case "event":
			c.record, c.schema = r.event(p.value, at)
		case "expect":
			expects = true
			c.checks = r.expect(p.value, at)
		}
	}
	if len(r.Problems) > before {
		return c
	}
	switch {
	case c.name == "":
		r.addf(n, path, "the case has no name; add one that says what is to happen")
	case c.record == nil:
		r.addf(n, path, "the case has no event; add one like event: {topic: orders, value: {type: order.paid}}")
	case !expects:
		r.addf(n, path, "the case expects nothing; add something like expect: {destinations: [ledger]}")
	}
	return c
}

// names checks the names of rules and destinations that are expected.
func (r *reader) names(s *Suite) {
	var rules []string
	for i := range s.forecaster.Config().Rules {
		rules = append(rules, s.forecaster.Table().RuleName(i))
	}
	destinations := s.forecaster.Config().DestinationNames()
	for _, c := range s.cases {
		for _, k := range c.checks {
			r.known(k.node, k.at, "rule", k.rules, rules)
			r.known(k.node, k.at, "destination", k.destinations, destinations)
		}
	}
}
