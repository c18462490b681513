package ruler

import (
	"errors"
	"fmt"
	"math/rand/v2"
	"os"
	"strconv"
	"testing"

	"github.com/sluice-bridge/sluice/test/parts"
)

const (
	patternsARound = 8
	eventsARound   = 8

	// The same pairs each time, so that a test that failed can be run again and one that passed says
	// something of the change at hand. `make fuzz` makes others.
	usualSeed = 20260801
)

// oracle starts Event Ruler for a test.
func oracle(t testing.TB) *Oracle {
	t.Helper()
	if testing.Short() {
		t.Skip("needs Event Ruler, which -short leaves out; `make test` runs it")
	}
	o, err := StartOracle(t.TempDir())
	if errors.Is(err, parts.ErrNotSetUp) && os.Getenv(parts.EnvRequire) != "1" {
		t.Skip(err)
	}
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := o.Close(); err != nil {
			t.Error(err)
		}
	})
	return o
}

// fromEnv is a number that the environment may set.
func fromEnv(t testing.TB, name string, otherwise uint64) uint64 {
	text := os.Getenv(name)
	if text == "" {
		return otherwise
	}
	n, err := strconv.ParseUint(text, 10, 64)
	if err != nil {
		t.Fatalf("%s: %v", name, err)
	}
	return n
}

type round struct {
	patterns, events []*document
}

func newRound(seed uint64, number uint64) *round {
	g := &generator{Rand: rand.New(rand.NewPCG(seed, number))}
	r := &round{}
	r.events = append(r.events, g.event())
	for i := 1; i < eventsARound; i++ {
		if g.one(6) {
			r.events = append(r.events, g.event())
		} else {
			r.events = append(r.events, g.like(r.events[0]))
		}
	}
	for range patternsARound {
		r.patterns = append(r.patterns, g.pattern())
	}
	return r
}

func (r *round) request() Request {
	var q Request
	for _, p := range r.patterns {
		q.Patterns = append(q.Patterns, p.String())
	}
	for _, e := range r.events {
		q.Events = append(q.Events, e.String())
	}
	return q
}

// TestSameAnswersAsEventRuler compares PAIRS pairs of a pattern and an event, 200,000 unless told
// otherwise, made from SEED.
func TestSameAnswersAsEventRuler(t *testing.T) {
	o := oracle(t)
	pairs := fromEnv(t, "PAIRS", 200_000)
	seed := fromEnv(t, "SEED", usualSeed)
	t.Logf("SEED=%d PAIRS=%d", seed, pairs)
	rounds := (pairs + patternsARound*eventsARound - 1) / (patternsARound * eventsARound)

	// The sender works ahead of this goroutine, and ends with the rounds or the test.
	sent := make(chan *round, 64)
	go func() {
		defer close(sent)
		for i := range rounds {
			r := newRound(seed, i)
			sent <- r
			if o.Send(r.request()) != nil {
				return
			}
		}
	}()
	var count tally
	var doubtful []difference
	for r := range sent {
		var theirs Answer
		if err := o.Receive(&theirs); err != nil {
			t.Fatal(err)
		}
		mine, err := ours(r.patterns, r.events)
		if err != nil {
			t.Fatal(err)
		}
		doubtful = append(doubtful, count.compare(r, mine, &theirs)...)
	}
	if uint64(count.pairs) < pairs {
		t.Errorf("compared %d pairs, not %d", count.pairs, pairs)
	}
	failures := 0
	for _, d := range doubtful {
		if failures == 5 {
			t.Error("and perhaps more")
			break
		}
		if name := d.declared(o); name != "" {
			count.excuse(name)
			continue
		}
		failures++
		t.Error(d.report(t, o))
	}
	t.Log(count.String())
	// A deviation explains few differences; one that explains many hides something.
	for name, n := range count.declared {
		if n > 100 && uint64(n) > pairs/200 {
			t.Errorf("%d differences are put down to %q", n, name)
		}
	}
}

// tally counts what a comparison has seen.
type tally struct {
	pairs, matching, refused int
	declared                 map[string]int
}

func (c *tally) excuse(name string) {
	if c.declared == nil {
		c.declared = map[string]int{}
	}
	c.declared[name]++
}

func (c *tally) String() string {
	return fmt.Sprintf("%d pairs: %d match, %d of refused patterns; differences on purpose: %v", c.pairs, c.matching, c.refused, c.declared)
}

// difference is a pattern that one side refuses (and then event is nil), or a pair that one side
// matches.
type difference struct {
	pattern, event *document
	mine, theirs   string
}

func (c *tally) compare(r *round, mine, theirs *Answer) (found []difference) {
	for i, p := range r.patterns {
		c.pairs += len(r.events)
		a, b := mine.Refused[i], theirs.Refused[i]
		if (a == nil) != (b == nil) {
			found = append(found, difference{pattern: p, mine: verdict(a), theirs: verdict(b)})
		}
		if a != nil || b != nil {
			c.refused += len(r.events)
			continue
		}
		for j, e := range r.events {
			if mine.Matches[i][j] != theirs.Matches[i][j] {
				found = append(found, difference{p, e, fmt.Sprint(mine.Matches[i][j]), fmt.Sprint(theirs.Matches[i][j])})
			}
			if mine.Matches[i][j] {
				c.matching++
			}
		}
	}
	return found
}

func verdict(refused *string) string {
	if refused == nil {
		return "accepted"
	}
	return "refused: " + *refused
}

// again asks both sides about one pattern and event, and returns the difference if there is one.
func again(o *Oracle, pattern, event *document) *difference {
	r := &round{patterns: []*document{pattern}, events: []*document{event}}
	var theirs Answer
	if err := o.Ask(r.request(), &theirs); err != nil {
		return nil
	}
	mine, err := ours(r.patterns, r.events)
	if err != nil {
		return nil
	}
	found := (&tally{}).compare(r, mine, &theirs)
	if len(found) == 0 {
		return nil
	}
	return &found[0]
}

func (d *difference) report(t *testing.T, o *Oracle) string {
	event := d.event
	if event == nil {
		event = object()
	}
	pattern, event := shrink(d.pattern, event, func(p, e *document) bool {
		if p.kind != 'o' {
			return false
		}
		found := again(o, p, e)
		return found != nil && (found.event == nil) == (d.event == nil) && found.declared(o) == ""
	})
	small := again(o, pattern, event)
	if small == nil {
		small = d
		t.Log("the difference does not show when the pair is tried alone")
	}
	return fmt.Sprintf("pattern %s\n  event %s\n  ours   %s\n  theirs %s", pattern, event, small.mine, small.theirs)
}
