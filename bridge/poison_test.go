package bridge

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/prometheus/client_golang/prometheus/testutil"
)

// refuse fails a whole call because of what is in it.
func refuse(guilty ...string) func(int, []*Message, []*Failure) *Failure {
	return func(_ int, batch []*Message, _ []*Failure) *Failure {
		for _, m := range batch {
			if slices.Contains(guilty, string(m.Body)) {
				return &Failure{Class: Poison, Code: "InvalidParameterValue", Message: "bad " + string(m.Body)}
			}
		}
		return nil
	}
}

// A poisoned entry is a dead letter, and its neighbours are not sent again.
func TestPoisonEntry(t *testing.T) {
	far := &fakeSink{answer: func(_ int, batch []*Message, results []*Failure) *Failure {
		for i, m := range batch {
			if string(m.Body) == "b" {
				results[i] = &Failure{Class: Poison, Code: "InvalidMessageContents"}
			}
		}
		return nil
	}}
	inBubble(t, far, func(r *rig) {
		r.deliver("a", "b", "c")
		pass(time.Minute)
		if got := fmt.Sprint(far.requests()); got != "[[a b c]]" {
			t.Errorf("requests %s", got)
		}
		l := r.writer.all()
		if len(l) != 1 || string(l[0].Record.Value) != "b" || l[0].Reason != ReasonRejected || l[0].Attempts != 1 {
			t.Errorf("dead letters %+v", l)
		}
		if began, _ := r.health.told(laneKey); began != 0 {
			t.Error("one bad record is no trouble of the destination")
		}
		r.settled()
	})
}

// A call that is refused for one of its entries is split down to that entry: each neighbour is
// accepted once, in a part without it.
func TestBisection(t *testing.T) {
	all := []string{"a", "b", "c", "d", "e", "f", "g", "h", "i", "j"}
	for _, guilty := range [][]string{{"a"}, {"e"}, {"j"}, {"a", "j"}, {"d", "e"}, all} {
		t.Run(strings.Join(guilty, ""), func(t *testing.T) {
			far := &fakeSink{answer: refuse(guilty...)}
			inBubble(t, far, func(r *rig) {
				r.deliver(all...)
				pass(time.Minute)
				if got := r.writer.values(); !slices.Equal(got, guilty) {
					t.Errorf("dead letters %v", got)
				}
				var want []string
				for _, b := range all {
					if !slices.Contains(guilty, b) {
						want = append(want, b)
					}
				}
				if got := far.accepted(); !slices.Equal(got, want) {
					t.Errorf("accepted %v, want %v", got, want)
				}
				if n := len(far.requests()); len(guilty) == 1 && n > 9 {
					t.Errorf("%d requests for one guilty entry", n)
				}
				r.settled()
			})
		})
	}
}

// While a call is split the service may fail otherwise: what it did not take is sent again, and
// what follows it in its group waits for it.
func TestBisectionMeetsOutage(t *testing.T) {
	far := &fakeSink{latency: time.Second}
	far.answer = func(n int, batch []*Message, results []*Failure) *Failure {
		if n == 2 { // the first half
			return &Failure{Class: Throttled, Code: "RequestThrottled"}
		}
		return refuse("g:4")(n, batch, results)
	}
	inBubble(t, far, func(r *rig) {
		r.deliver("g:1", "h:1", "g:2", "g:3", "g:4", "h:2", "i:1", "g:5")
		pass(10 * time.Minute)
		if got := r.writer.values(); !slices.Equal(got, []string{"g:4"}) {
			t.Errorf("dead letters %v", got)
		}
		if n := testutil.ToFloat64(r.metrics.retries.WithLabelValues("d", Transient.String())); n > 0 {
			t.Errorf("%v messages were only held back, and count as retries of something else", n)
		}
		inOrder(t, far.accepted())
		r.settled()
	}, batched)
}

// A message that was held back behind a broken destination is not given up on: nobody refused it.
func TestHeldBackIsNoFailure(t *testing.T) {
	far := &fakeSink{latency: time.Second}
	far.answer = func(n int, batch []*Message, results []*Failure) *Failure {
		if n == 2 {
			return &Failure{Class: Configuration, Code: "AccessDenied"}
		}
		return refuse("h:1")(n, batch, results)
	}
	inBubble(t, far, func(r *rig) {
		r.deliver("g:1", "g:2", "g:3", "h:1")
		pass(time.Hour)
		if got := r.writer.values(); !slices.Equal(got, []string{"h:1"}) {
			t.Errorf("dead letters %v", got)
		}
		inOrder(t, far.accepted())
		r.settled()
	}, batched, giveUp(time.Second))
}

// A dead letter that its own destination refuses has nowhere else to go: it waits, and that is told.
func TestRefusedLetterWaits(t *testing.T) {
	for name, c := range map[string]struct {
		limits Limits
		answer func(int, []*Message, []*Failure) *Failure
	}{
		"too large": {limits: Limits{MaxMessageBytes: 50, MaxBatchBytes: 1 << 20}},
		"poison": {answer: func(_ int, batch []*Message, results []*Failure) *Failure {
			for i, m := range batch {
				if len(m.Body) > 50 {
					results[i] = &Failure{Class: Poison, Code: "InvalidMessageContents"}
				}
			}
			return nil
		}},
	} {
		t.Run(name, func(t *testing.T) {
			far := &fakeSink{limits: c.limits, answer: c.answer}
			inBubble(t, far, func(r *rig) {
				r.letters.ToLane(r.lane)
				r.deliver("a")
				pass(time.Second)
				r.letters.bury(r.delivery("x"), "other", ReasonRejected, &Failure{Code: "c"})
				pass(time.Hour)
				if m := r.part.Mark().Offset; m != 1 {
					t.Fatalf("settled up to %d", m)
				}
				if n := len(far.requests()); n > 1000 {
					t.Errorf("%d requests in an hour", n)
				}
				r.deliver("b")
				pass(time.Minute)
				if got := far.accepted(); !slices.Equal(got, []string{"a", "b"}) {
					t.Errorf("accepted %v: neighbours of the letter wait", got)
				}
				// What goes well beside it is no end of its trouble; that it is somebody else's to read is,
				// but no recovery.
				if began, ended := r.health.told(lettersKey); began != 1 || ended != 0 {
					t.Errorf("told %d times, and %d of the end", began, ended)
				}
				r.part.Close()
				r.lane.Sweep()
				if _, ended := r.health.told(lettersKey); ended != 0 || r.health.text(lettersKey) != "" {
					t.Errorf("told %d times of the end; now %q", ended, r.health.text(lettersKey))
				}
			})
		})
	}
}
