package main

import (
	"bufio"
	"bytes"
	"fmt"
	"regexp"
	"strings"
	"time"

	"github.com/sluice-bridge/sluice/bridge"
	"github.com/sluice-bridge/sluice/forecast"
	"github.com/sluice-bridge/sluice/forecast/event"
	"github.com/sluice-bridge/sluice/forecast/report"
)

// verdict is what came of a case.
type verdict struct {
	testCase
	misses      misses
	explanation string // where it failed
	took        time.Duration
}

// miss is an expectation that was not met.
type miss struct{ path, want, got string }

// run runs the cases whose name is selected.
func (s *suite) run(selected *regexp.Regexp) {
	for _, c := range s.cases {
		if selected.MatchString(c.name) {
			s.results = append(s.results, s.try(c))
		}
	}
}

func (s *suite) try(c testCase) verdict {
	v := verdict{testCase: c}
	began := time.Now()
	c.state(s.teller)
	f, err := s.teller.Forecast(c.record, event.Offline(c.record))
	if err != nil {
		v.misses = append(v.misses, miss{"event", "one that can be explained", err.Error()})
	}
	for _, k := range c.checks {
		if err != nil {
			break
		}
		if want, got, ok := k.meets(&f); !ok {
			v.misses = append(v.misses, miss{k.path, want, got})
		}
	}
	v.took = time.Since(began)
	if len(v.misses) > 0 {
		v.explanation = s.explain(c)
	}
	return v
}

// explain says what sluice route says.
func (s *suite) explain(c testCase) string {
	var x bridge.Explanation
	err := s.teller.Explain(c.record, event.Offline(c.record), &x)
	var text bytes.Buffer
	out := bufio.NewWriter(&text)
	_ = report.NewText(out, s.teller).Print(&x, err) // memory takes all
	_ = out.Flush()
	return strings.TrimSuffix(text.String(), "\n")
}

func (s *suite) failed() int {
	n := 0
	for i := range s.results {
		if len(s.results[i].misses) > 0 {
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
