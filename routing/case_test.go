package routing

import (
	"encoding/base64"
	"errors"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/twmb/franz-go/pkg/kgo"
	"go.yaml.in/yaml/v3"

	"github.com/sluice-bridge/sluice/codec"
	"github.com/sluice-bridge/sluice/routing/expr"
)

// caseFile is a file of testdata: rules, and either events with the decisions expected, or the
// problems that compiling must report.
type caseFile struct {
	About        string
	Rules        []caseRule
	Destinations []caseDestination
	Unmatched    string
	Events       []caseEvent
	Problems     []string
}

type caseRule struct {
	Name       string
	Topics     []string
	Match      map[string]any
	Headers    map[string]any
	Order      []string
	When       string
	To         []string
	Drop       bool
	Continue   bool
	Attributes map[string]string
}

type caseDestination struct {
	Name        string
	GroupID     string `yaml:"group_id"`
	Subject     string
	Body        string
	CloudEvents CloudEvents
	Attributes  map[string]string
}

type caseEvent struct {
	Topic   string
	Key     *string
	Headers [][2]*string
	Value   *string // raw text
	Base64  string
	Format  codec.Format

	Outcome string
	Targets []string // destination@rule; the policy's is destination@-
	Matched []string
	Errors  []string
	Why     map[string]string // rule: part and reason, as Explain gives them
}

var outcomes = map[Outcome]string{Routed: "routed", Unmatched: "unmatched", Dropped: "dropped", DeadLetter: "dead_letter"}

func TestRulesRouteAsTheCasesSay(t *testing.T) {
	files, err := filepath.Glob("testdata/*.yaml")
	if err != nil || len(files) == 0 {
		t.Fatalf("no cases: %v", err)
	}
	for _, file := range files {
		t.Run(strings.TrimSuffix(filepath.Base(file), ".yaml"), func(t *testing.T) {
			raw, err := os.ReadFile(file)
			if err != nil {
				t.Fatal(err)
			}
			var c caseFile
			dec := yaml.NewDecoder(strings.NewReader(string(raw)))
			dec.KnownFields(true)
			if err := dec.Decode(&c); err != nil {
				t.Fatal(err)
			}
			c.run(t)
		})
	}
}

func (c *caseFile) options() Options {
	o := Options{Unmatched: c.Unmatched}
	for _, r := range c.Rules {
		o.Rules = append(o.Rules, Rule{
			Name: r.Name, Topics: topics(r.Topics...), Match: r.Match, Headers: r.Headers, Order: r.Order, When: r.When,
			To: r.To, Drop: r.Drop, Continue: r.Continue, Attributes: r.Attributes,
		})
	}
	for _, d := range c.Destinations {
		o.Destinations = append(o.Destinations, Destination(d))
	}
	if o.Destinations == nil {
		o.Destinations = []Destination{{Name: "a"}, {Name: "b"}, {Name: "c"}}
	}
	return o
}

func (c *caseFile) run(t *testing.T) {
	table, err := Compile(c.options())
	if c.Problems != nil {
		var problems Problems
		if !errors.As(err, &problems) {
			t.Fatalf("no problems but %v", err)
		}
		var got []string
		for _, p := range problems {
			got = append(got, p.Path+": "+p.Message)
		}
		if !slices.Equal(got, c.Problems) {
			t.Errorf("problems:\n%s\nwant:\n%s", strings.Join(got, "\n"), strings.Join(c.Problems, "\n"))
		}
		return
	}
	if err != nil {
		t.Fatal(err)
	}
	var d Decision
	for i, e := range c.Events {
		ev := e.event(t)
		table.Route(ev, &d)
		e.check(t, i, table, &d)
		e.checkExplanation(t, i, table.Explain(ev), &d)
	}
}

func (e *caseEvent) event(t *testing.T) *expr.Event {
	r := &kgo.Record{Topic: e.Topic}
	if r.Topic == "" {
		r.Topic = "orders"
	}
	if e.Key != nil {
		r.Key = []byte(*e.Key)
	}
	for _, h := range e.Headers {
		header := kgo.RecordHeader{Key: *h[0]}
		if h[1] != nil {
			header.Value = []byte(*h[1])
		}
		r.Headers = append(r.Headers, header)
	}
	if e.Value != nil {
		r.Value = []byte(*e.Value)
	}
	if e.Base64 != "" {
		raw, err := base64.StdEncoding.DecodeString(e.Base64)
		if err != nil {
			t.Fatal(err)
		}
		r.Value = raw
	}
	return &expr.Event{Record: r, Value: codec.Decode(e.Format, r.Value, true)}
}

func (e *caseEvent) check(t *testing.T, i int, table *Table, d *Decision) {
	t.Helper()
	if got := outcomes[d.Outcome]; got != e.Outcome {
		t.Errorf("event %d: %s, want %s (errors: %v)", i, got, e.Outcome, d.Errors)
	}
	var targets, matched, failed []string
	for _, tg := range d.Targets {
		rule := "-"
		if tg.Rule >= 0 {
			rule = table.RuleName(tg.Rule)
		}
		targets = append(targets, table.DestinationName(tg.Destination)+"@"+rule)
	}
	for _, r := range d.Matched {
		matched = append(matched, table.RuleName(r))
	}
	for _, f := range d.Errors {
		failed = append(failed, table.RuleName(f.Rule))
	}
	if !slices.Equal(targets, e.Targets) {
		t.Errorf("event %d: targets %v, want %v", i, targets, e.Targets)
	}
	if e.Matched != nil && !slices.Equal(matched, e.Matched) {
		t.Errorf("event %d: matched %v, want %v", i, matched, e.Matched)
	}
	if !slices.Equal(failed, e.Errors) {
		t.Errorf("event %d: errors of %v, want %v", i, failed, e.Errors)
	}
}

func (e *caseEvent) checkExplanation(t *testing.T, i int, traces []RuleTrace, d *Decision) {
	t.Helper()
	var matched []int
	for _, trace := range traces {
		if trace.Matched {
			matched = append(matched, trace.Rule)
		} else if !trace.Skipped && (trace.Part == "" || trace.Reason == "") {
			t.Errorf("event %d: rule %q did not match and nothing says why: %+v", i, trace.Name, trace)
		}
		if want, ok := e.Why[trace.Name]; ok {
			got := trace.Part + ": " + trace.Reason
			if trace.Skipped {
				got = "skipped"
			}
			if got != want {
				t.Errorf("event %d: rule %q: %s; want %s", i, trace.Name, got, want)
			}
		}
	}
	if !slices.Equal(matched, d.Matched) {
		t.Errorf("event %d: explained as matching %v, routed as %v", i, matched, d.Matched)
	}
}
