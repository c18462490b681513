package delivery

import (
	"fmt"
	"slices"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/sluice-bridge/sluice/bridge/bridgetest"
	"github.com/sluice-bridge/sluice/bridge/message"
	"github.com/sluice-bridge/sluice/bridge/sink"
)

func long(group string, n, size int) string {
	body := fmt.Sprintf("%s:%d ", group, n)
	return body + strings.Repeat("x", size-len(body))
}

// A limit that was raised holds for the next message, however soon it comes, and for its group.
func TestRaisedLimitHoldsForTheNextMessage(t *testing.T) {
	for name, kind := range kinds {
		t.Run(name, func(t *testing.T) {
			far := &bridgetest.Sink{Latency: 20 * time.Millisecond, Limits: sink.Limits{MaxMessageBytes: 100, MaxBatchBytes: 1000}}
			inBubble(t, far, func(r *rig) {
				r.deliver(long("a", 1, 500))
				bridgetest.Pass(30 * time.Second)
				if n := len(r.writer.All()); n != 1 {
					t.Fatalf("%d dead letters", n)
				}
				for n := range 20 {
					far.SetLimits(100+(n+1)*50, 2000)
					r.deliver(fmt.Sprintf("a:%d", 3*n+2), long("a", 3*n+3, 100+(n+1)*50), fmt.Sprintf("a:%d", 3*n+4), fmt.Sprintf("b:%d", n+1))
					bridgetest.Pass(50 * time.Millisecond)
					if !slices.Contains(far.Accepted(), fmt.Sprintf("b:%d", n+1)) {
						t.Errorf("b:%d waits for the limits", n+1)
					}
					bridgetest.Pass(time.Second)
				}
				bridgetest.Pass(time.Minute)
				if letters := r.writer.All(); len(letters) != 1 || letters[0].Reason != message.ReasonTooLarge {
					t.Errorf("dead letters %v", r.writer.Values())
				}
				if name != "standard" {
					inOrder(t, far.Accepted())
				}
				r.settled()
			}, kind)
		})
	}
}

// Messages of one group that are too large do not wait for a look each: there may be thousands.
func TestTooLargeMessagesDoNotWaitForALookEach(t *testing.T) {
	for name, kind := range kinds {
		t.Run(name, func(t *testing.T) {
			far := &bridgetest.Sink{Latency: 20 * time.Millisecond, Limits: sink.Limits{MaxMessageBytes: 100, MaxBatchBytes: 1000}}
			inBubble(t, far, func(r *rig) {
				const many = 500
				for n := range many {
					r.deliver(long("a", n, 500))
				}
				bridgetest.Pass(15 * time.Second)
				if n := len(r.writer.All()); n != many {
					t.Errorf("%d of %d dead letters", n, many)
				}
				if n := far.Opened(); n > 5 {
					t.Errorf("looked at the limits %d times", n)
				}
				r.settled()
			}, kind)
		})
	}
}

// A dead letter that is too large for its queue leaves soon after the queue takes it.
func TestLetterLeavesSoonAfterItsLimitIsRaised(t *testing.T) {
	far := &bridgetest.Sink{Limits: sink.Limits{MaxMessageBytes: 50, MaxBatchBytes: 1 << 20}}
	inBubble(t, far, func(r *rig) {
		r.letters.ToLane(r.lane)
		r.letters.Take(r.delivery("x"), "other", message.ReasonRejected, &sink.Failure{Code: "c"})
		bridgetest.Pass(time.Hour)
		if n := far.Opened(); n > 300 {
			t.Errorf("looked at the limits %d times in an hour", n)
		}
		far.SetLimits(1<<20, 1<<20)
		bridgetest.Pass(20 * time.Second)
		if r.health.Text(lettersKey) != "" {
			t.Error("still told of the letter")
		}
		r.settled()
	})
}

// A limit that was lowered is learned of from what the service refuses: then the next is too large, and
// requests are no longer than it.
func TestLoweredLimitIsLearnedFromRefusals(t *testing.T) {
	far := &bridgetest.Sink{Latency: 20 * time.Millisecond, Limits: sink.Limits{MaxMessageBytes: 1000, MaxBatchBytes: 1000}}
	far.Answer = func(_ int, batch []*message.Message, results []*sink.Failure) *sink.Failure {
		sum := 0
		for i, m := range batch {
			if sum += m.Size; m.Size > far.Limits.MaxMessageBytes {
				results[i] = &sink.Failure{Class: sink.Poison, Code: "InvalidParameterValue"}
			}
		}
		if sum > far.Limits.MaxBatchBytes {
			return &sink.Failure{Class: sink.Poison, Code: "BatchRequestTooLong"}
		}
		return nil
	}
	inBubble(t, far, func(r *rig) {
		bridgetest.Pass(time.Minute)
		far.SetLimits(300, 300)
		for n := range 10 {
			r.deliver(long("a", n+1, 100))
		}
		bridgetest.Pass(time.Second)
		if n := len(r.writer.All()); n > 0 {
			t.Errorf("%d dead letters: each of them is small enough", n)
		}
		before := len(far.Requests())
		for n := range 10 {
			r.deliver(long("b", n+1, 100))
		}
		bridgetest.Pass(time.Second)
		if n := len(far.Requests()) - before; n != 4 {
			t.Errorf("%d requests, want 4 that fit", n)
		}
		bridgetest.Pass(lookSeldom)
		far.SetLimits(200, 300)
		r.deliver(long("c", 1, 250))
		bridgetest.Pass(time.Second)
		r.deliver(long("c", 2, 250))
		bridgetest.Pass(lookEvery + time.Second)
		letters := r.writer.All()
		if len(letters) != 2 || letters[0].Reason != message.ReasonRejected || letters[1].Reason != message.ReasonTooLarge {
			t.Errorf("dead letters %+v", letters)
		}
		r.settled()
	})
}

// However many messages are too large, the limits are looked at now and then only.
func TestLimitsAreLookedAtRarely(t *testing.T) {
	far := &bridgetest.Sink{Latency: 20 * time.Millisecond, Limits: sink.Limits{MaxMessageBytes: 100, MaxBatchBytes: 1000}}
	inBubble(t, far, func(r *rig) {
		for n := range 600 {
			r.deliver(long("a", n+1, 500), fmt.Sprintf("b:%d", n+1))
			bridgetest.Pass(100 * time.Millisecond)
		}
		bridgetest.Pass(lookEvery + time.Second)
		if n := far.Opened(); n < 10 || n > 15 {
			t.Errorf("looked at the limits %d times in a minute", n)
		}
		if n := len(r.writer.All()); n != 600 {
			t.Errorf("%d dead letters", n)
		}
		r.settled()
	})
}

// Limits that cannot be looked up any more are those that were known last: at once where the look-up is
// denied, after a while where it only fails.
func TestLimitsThatCannotBeLookedUpStay(t *testing.T) {
	for name, c := range map[string]struct {
		failure error
		within  time.Duration
	}{
		"presumed": {nil, time.Second},
		"denied":   {&sink.Failure{Class: sink.Configuration, Code: "QueueDoesNotExist"}, time.Second},
		"failing":  {&sink.Failure{Class: sink.Transient, Code: "connection"}, lookPatience + time.Second},
	} {
		t.Run(name, func(t *testing.T) {
			var out atomic.Bool
			far := &bridgetest.Sink{Latency: 20 * time.Millisecond, Limits: sink.Limits{MaxMessageBytes: 500, MaxBatchBytes: 1000}}
			far.AtOpening = func(int) error {
				if !out.Load() {
					return nil
				}
				if c.failure == nil {
					far.Limits = sink.Limits{MaxMessageBytes: 256, MaxBatchBytes: 256, Presumed: true}
				}
				return c.failure
			}
			inBubble(t, far, func(r *rig) {
				bridgetest.Pass(time.Minute)
				out.Store(true)
				r.deliver(long("a", 1, 600), long("a", 2, 400))
				bridgetest.Pass(c.within)
				if letters := r.writer.All(); len(letters) != 1 || letters[0].Reason != message.ReasonTooLarge {
					t.Errorf("dead letters %+v", letters)
				}
				r.deliver(long("a", 3, 400))
				bridgetest.Pass(time.Second)
				if n := len(far.Accepted()); n != 2 {
					t.Errorf("%d of two that are small enough are there", n)
				}
				if began, _ := r.health.Told(laneKey); began > 0 {
					t.Errorf("told: %s", r.health.Latest)
				}
				r.settled()
			})
		})
	}
}

// What waits for the limits goes with its assignment, and a lane may end meanwhile.
func TestWhatWaitsForLimitsEndsWithItsAssignment(t *testing.T) {
	for name, kind := range kinds {
		t.Run(name, func(t *testing.T) {
			far := &bridgetest.Sink{Latency: 20 * time.Millisecond, Lookup: time.Second, Limits: sink.Limits{MaxMessageBytes: 100, MaxBatchBytes: 1000}}
			inBubble(t, far, func(r *rig) {
				bridgetest.Pass(time.Second)
				r.deliver(long("a", 1, 500), "a:2")
				bridgetest.Pass(100 * time.Millisecond)
				if n := r.lane.Queued(); n == 0 {
					t.Fatal("nothing waits")
				}
				r.part.Close()
				r.lane.Sweep()
				if n := r.lane.Queued(); n != 0 {
					t.Errorf("%d queued", n)
				}
			}, kind)
		})
	}
}
