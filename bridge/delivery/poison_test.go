package delivery

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/sluice-bridge/sluice/bridge/bridgetest"
	"github.com/sluice-bridge/sluice/bridge/message"
	"github.com/sluice-bridge/sluice/bridge/sink"
)

// refuse fails a whole call because of what is in it.
func refuse(guilty ...string) func(int, []*message.Message, []*sink.Failure) *sink.Failure {
	return func(_ int, batch []*message.Message, _ []*sink.Failure) *sink.Failure {
		for _, m := range batch {
			if slices.Contains(guilty, string(m.Body)) {
				return &sink.Failure{Class: sink.Poison, Code: "InvalidParameterValue", Message: "bad " + string(m.Body)}
			}
		}
		return nil
	}
}

// A poisoned entry is a dead letter, and its neighbours are not sent again.
func TestPoisonEntryBecomesADeadLetter(t *testing.T) {
	far := &bridgetest.Sink{Answer: func(_ int, batch []*message.Message, results []*sink.Failure) *sink.Failure {
		for i, m := range batch {
			if string(m.Body) == "b" {
				results[i] = &sink.Failure{Class: sink.Poison, Code: "InvalidMessageContents"}
			}
		}
		return nil
	}}
	inBubble(t, far, func(r *rig) {
		r.deliver("a", "b", "c")
		bridgetest.Pass(time.Minute)
		if got := fmt.Sprint(far.Requests()); got != "[[a b c]]" {
			t.Errorf("requests %s", got)
		}
		l := r.writer.All()
		if len(l) != 1 || string(l[0].Record.Value) != "b" || l[0].Reason != message.ReasonRejected || l[0].Attempts != 1 {
			t.Errorf("dead letters %+v", l)
		}
		if began, _ := r.health.Told(laneKey); began != 0 {
			t.Error("one bad record is no trouble of the destination")
		}
		r.settled()
	})
}

// A call that is refused for one of its entries is split down to that entry: each neighbour is
// accepted once, in a part without it.
func TestRefusedRequestIsSplitDownToItsEntry(t *testing.T) {
	all := []string{"a", "b", "c", "d", "e", "f", "g", "h", "i", "j"}
	for _, guilty := range [][]string{{"a"}, {"e"}, {"j"}, {"a", "j"}, {"d", "e"}, all} {
		t.Run(strings.Join(guilty, ""), func(t *testing.T) {
			far := &bridgetest.Sink{Answer: refuse(guilty...)}
			inBubble(t, far, func(r *rig) {
				r.deliver(all...)
				bridgetest.Pass(time.Minute)
				if got := r.writer.Values(); !slices.Equal(got, guilty) {
					t.Errorf("dead letters %v", got)
				}
				var want []string
				for _, b := range all {
					if !slices.Contains(guilty, b) {
						want = append(want, b)
					}
				}
				if got := far.Accepted(); !slices.Equal(got, want) {
					t.Errorf("accepted %v, want %v", got, want)
				}
				if n := len(far.Requests()); len(guilty) == 1 && n > 9 {
					t.Errorf("%d requests for one guilty entry", n)
				}
				r.settled()
			})
		})
	}
}

// While a call is split the service may fail otherwise: what it did not take is sent again, and
// what follows it in its group waits for it.
func TestSplitRequestOutlivesAnOutage(t *testing.T) {
	far := &bridgetest.Sink{Latency: time.Second}
	far.Answer = func(n int, batch []*message.Message, results []*sink.Failure) *sink.Failure {
		if n == 2 { // the first half
			return &sink.Failure{Class: sink.Throttled, Code: "RequestThrottled"}
		}
		return refuse("g:4")(n, batch, results)
	}
	inBubble(t, far, func(r *rig) {
		r.deliver("g:1", "h:1", "g:2", "g:3", "g:4", "h:2", "i:1", "g:5")
		bridgetest.Pass(10 * time.Minute)
		if got := r.writer.Values(); !slices.Equal(got, []string{"g:4"}) {
			t.Errorf("dead letters %v", got)
		}
		if n := bridgetest.Counted(t, r.metrics, "sluice_retries_total", "destination", "d", "reason", sink.Transient.String()); n > 0 {
			t.Errorf("%v messages were only held back, and count as retries of something else", n)
		}
		inOrder(t, far.Accepted())
		r.settled()
	}, batched)
}

// A message that was held back behind a broken destination is not given up on: nobody refused it.
func TestMessageThatIsHeldBackIsNotGivenUpOn(t *testing.T) {
	far := &bridgetest.Sink{Latency: time.Second}
	far.Answer = func(n int, batch []*message.Message, results []*sink.Failure) *sink.Failure {
		if n == 2 {
			return &sink.Failure{Class: sink.Configuration, Code: "AccessDenied"}
		}
		return refuse("h:1")(n, batch, results)
	}
	inBubble(t, far, func(r *rig) {
		r.deliver("g:1", "g:2", "g:3", "h:1")
		bridgetest.Pass(time.Hour)
		if got := r.writer.Values(); !slices.Equal(got, []string{"h:1"}) {
			t.Errorf("dead letters %v", got)
		}
		inOrder(t, far.Accepted())
		r.settled()
	}, batched, giveUp(time.Second))
}

// A dead letter that its own destination refuses has nowhere else to go: it waits, and that is told.
func TestLetterRefusedByItsDestinationWaits(t *testing.T) {
	for name, c := range map[string]struct {
		limits sink.Limits
		answer func(int, []*message.Message, []*sink.Failure) *sink.Failure
	}{
		"too large": {limits: sink.Limits{MaxMessageBytes: 50, MaxBatchBytes: 1 << 20}},
		"poison": {answer: func(_ int, batch []*message.Message, results []*sink.Failure) *sink.Failure {
			for i, m := range batch {
				if len(m.Body) > 50 {
					results[i] = &sink.Failure{Class: sink.Poison, Code: "InvalidMessageContents"}
				}
			}
			return nil
		}},
	} {
		t.Run(name, func(t *testing.T) {
			far := &bridgetest.Sink{Limits: c.limits, Answer: c.answer}
			inBubble(t, far, func(r *rig) {
				r.letters.ToLane(r.lane)
				r.deliver("a")
				bridgetest.Pass(time.Second)
				r.letters.Take(r.delivery("x"), "other", message.ReasonRejected, &sink.Failure{Code: "c"})
				bridgetest.Pass(time.Hour)
				if m := r.part.Committable().Offset; m != 1 {
					t.Fatalf("settled up to %d", m)
				}
				if n := len(far.Requests()); n > 1000 {
					t.Errorf("%d requests in an hour", n)
				}
				r.deliver("b")
				bridgetest.Pass(time.Minute)
				if got := far.Accepted(); !slices.Equal(got, []string{"a", "b"}) {
					t.Errorf("accepted %v: neighbours of the letter wait", got)
				}
				// What goes well beside it is no end of its trouble; that it is somebody else's to read is,
				// but no recovery.
				if began, ended := r.health.Told(lettersKey); began != 1 || ended != 0 {
					t.Errorf("told %d times, and %d of the end", began, ended)
				}
				r.part.Close()
				r.lane.Sweep()
				if _, ended := r.health.Told(lettersKey); ended != 0 || r.health.Text(lettersKey) != "" {
					t.Errorf("told %d times of the end; now %q", ended, r.health.Text(lettersKey))
				}
			})
		})
	}
}
