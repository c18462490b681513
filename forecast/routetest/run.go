package routetest

import (
	"bufio"
	"bytes"
	"fmt"
	"regexp"
	"strings"
	"time"

	"github.com/sluice-bridge/sluice/bridge/pipeline"
	"github.com/sluice-bridge/sluice/forecast"
	"github.com/sluice-bridge/sluice/forecast/event"
	"github.com/sluice-bridge/sluice/forecast/report"
)

// Result is what came of a case.
type Result struct {
	Name string
	// Line is where the case begins in its file.
	Line   int
	Misses Misses
	// Explanation is that of sluice route, where an expectation was not met.
	Explanation string
	Took        time.Duration
}

// Miss is an expectation that was not met.
type Miss struct{ Path, Want, Got string }

// Run runs the cases whose name is selected.
func (s *Suite) Run(selected *regexp.Regexp) {
	for _, c := range s.cases {
		if selected.MatchString(c.name) {
			s.Results = append(s.Results, s.try(c))
		}
	}
}

func (s *Suite) try(c testCase) Result {
	v := Result{Name: c.name, Line: c.line}
	began := time.Now()
	c.state(s.forecaster)
	f, err := s.forecaster.Forecast(c.record, event.Offline(c.record))
	if err != nil {
		v.Misses = append(v.Misses, Miss{"event", "one that can be explained", err.Error()})
	}
	for _, k := range c.checks {
		if err != nil {
			break
		}
		if want, got, ok := k.meets(&f); !ok {
			v.Misses = append(v.Misses, Miss{k.path, want, got})
		}
	}
	v.Took = time.Since(began)
	if len(v.Misses) > 0 {
		v.Explanation = s.explain(c)
	}
	return v
}

// explain says what sluice route says.
func (s *Suite) explain(c testCase) string {
	var x pipeline.Explanation
	err := s.forecaster.Explain(c.record, event.Offline(c.record), &x)
	var text bytes.Buffer
	out := bufio.NewWriter(&text)
	_ = report.NewText(out, s.forecaster).Print(&x, err) // memory takes all
	_ = out.Flush()
	return strings.TrimSuffix(text.String(), "\n")
}

// Failed counts the cases that failed.
func (s *Suite) Failed() int {
	n := 0
	for i := range s.Results {
		if len(s.Results[i].Misses) > 0 {
			n++
		}
	}
	return n
}

// whyOf is the reason for which the event becomes a dead letter before any message is made of it, with what is
// wrong; none where it does not.
func whyOf(f *forecast.Forecast) []part {
	if f.Reason == "" {
		return nil
	}
	text := ""
	if len(f.Errors) > 0 {
		text = f.Errors[0].Text
	}
	return []part{{string(f.Reason), text}}
}

// failedOf are the rules that failed.
func failedOf(f *forecast.Forecast) []part {
	var all []part
	for _, e := range f.Errors {
		if e.Rule != "" { // else it is the value's
			all = append(all, part{e.Rule, e.Text})
		}
	}
	return all
}

// unsendableOf are the destinations whose message has a problem.
func unsendableOf(f *forecast.Forecast) []part {
	var all []part
	for i := range f.Messages {
		if m := &f.Messages[i]; len(m.Problems) > 0 {
			all = append(all, part{m.Destination, strings.Join(m.Problems, "; ")})
		}
	}
	return all
}

// sendingOf writes the destinations that get a message, and why others do not.
func sendingOf(f *forecast.Forecast) string {
	text := list(f.Sent())
	for _, p := range unsendableOf(f) {
		text += fmt.Sprintf("; not %s: %s", p.name, p.text)
	}
	return text
}
