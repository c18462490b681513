package main

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
	"github.com/sluice-bridge/sluice/forecast"
)

// suite is a file of routing tests with the configuration that it is for.
type suite struct {
	path    string
	cases   []testCase
	teller  *forecast.Forecaster
	results []verdict
}

// testCase is an event, and what is to become of it.
type testCase struct {
	name   string
	line   int
	record *kgo.Record
	schema *statedSchema // of the value
	checks []check
}

// loadSuite reads a file of tests and its configuration, or another one where that is named. The
// error is of type config.Problems where one of them is wrong.
func loadSuite(path, override string, env []string) (*suite, error) {
	data, err := os.ReadFile(path)
	if err != nil {
		return nil, config.Problems{{File: path, Message: "the file cannot be read (" + cause(err) + "); name a file of routing tests, see sluice test --help"}}
	}
	r := &caseReader{file: path, left: maxNodes}
	s := &suite{path: path}
	name, known := r.suite(parseCases(data, r), s)
	if override == "" && !known {
		return nil, r.problems
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
		return nil, append(r.problems, wrong...)
	} else if err != nil {
		return nil, err
	}
	f, err := forecast.NewOffline(cfg)
	if err != nil {
		return nil, err
	}
	s.teller = f
	r.names(s)
	r.schemas(s)
	if len(r.problems) > 0 {
		f.Close()
		slices.SortStableFunc(r.problems, func(a, b config.Problem) int { return cmp.Compare(a.Line, b.Line) })
		return nil, r.problems
	}
	return s, nil
}

// suite reads the document, and returns the name of the configuration, empty where that is the usual one; it is
// not known where the file, its keys or that name cannot be read.
func (r *caseReader) suite(root *yaml.Node, s *suite) (cfg string, known bool) {
	if root == nil {
		return "", false
	}
	found, before := false, len(r.problems)
	pairs := r.mapping(root, "", "config", "cases")
	known = len(r.problems) == before
	for _, p := range pairs {
		switch p.key {
		case "config":
			cfg, known = r.text(p.value, p.key)
		case "cases":
			found = true
			r.cases(p.value, s)
		}
	}
	if len(r.problems) == 0 && (!found || len(s.cases) == 0) {
		r.addf(root, "cases", "there is no case; add one, see sluice test --help")
	}
	return cfg, known
}

func (r *caseReader) cases(n *yaml.Node, s *suite) {
	if n = resolve(n); n.Kind != yaml.SequenceNode {
		r.addf(n, "cases", "this is %s where a list of cases is wanted", kindOfNode(n))
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

func (r *caseReader) testCase(n *yaml.Node, path string) testCase {
	c := testCase{line: n.Line}
	expects, before := false, len(r.problems)
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
	if len(r.problems) > before {
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
func (r *caseReader) names(s *suite) {
	var rules []string
	for i := range s.teller.Config().Rules {
		rules = append(rules, s.teller.Table().RuleName(i))
	}
	destinations := s.teller.Config().DestinationNames()
	for _, c := range s.cases {
		for _, k := range c.checks {
			r.known(k.node, k.at, "rule", k.rules, rules)
			r.known(k.node, k.at, "destination", k.destinations, destinations)
		}
	}
}
