package main

import (
	"bufio"
	"bytes"
	"fmt"
	"regexp"
	"strings"
	"time"

	"github.com/sluice-bridge/sluice/bridge"
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
	c.state(s.teller.explainer)
	f, err := s.teller.tell(c.record, offline(c.record))
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
	err := s.teller.explainer.Explain(c.record, offline(c.record), &x)
	var text bytes.Buffer
	out := bufio.NewWriter(&text)
	_ = newTextPrinter(out, s.teller.config, s.teller.table).print(&x, err) // memory takes all
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

// why is the reason for which the event becomes a dead letter before any message is made of it, with what is
// wrong; none where it does not.
func (f *fate) why() []part {
	if f.reason == "" {
		return nil
	}
	text := ""
	if len(f.errors) > 0 {
		text = f.errors[0].err
	}
	return []part{{string(f.reason), text}}
}

// failed are the rules that failed.
func (f *fate) failed() []part {
	var all []part
	for _, e := range f.errors {
		if e.rule != "" { // else it is the value's
			all = append(all, part{e.rule, e.err})
		}
	}
	return all
}

// unsendable are the destinations whose message has a problem.
func (f *fate) unsendable() []part {
	var all []part
	for i := range f.messages {
		if m := &f.messages[i]; len(m.problems) > 0 {
			all = append(all, part{m.destination, strings.Join(m.problems, "; ")})
		}
	}
	return all
}

// sending writes the destinations that get a message, and why others do not.
func (f *fate) sending() string {
	text := list(f.sent())
	for _, p := range f.unsendable() {
		text += fmt.Sprintf("; not %s: %s", p.name, p.text)
	}
	return text
}
