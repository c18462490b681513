package bridge

import (
	"fmt"
	"slices"
	"strings"
	"sync/atomic"
	"testing"
	"time"
)

func long(group string, n, size int) string {
	body := fmt.Sprintf("%s:%d ", group, n)
	return body + strings.Repeat("x", size-len(body))
}

// A limit that was raised holds for the next message, however soon it comes, and for its group.
func TestRaisedLimit(t *testing.T) {
	for name, kind := range kinds {
		t.Run(name, func(t *testing.T) {
			far := &fakeSink{latency: 20 * time.Millisecond, limits: Limits{MaxMessageBytes: 100, MaxBatchBytes: 1000}}
			inBubble(t, far, func(r *rig) {
				r.deliver(long("a", 1, 500))
				pass(30 * time.Second)
				if n := len(r.writer.all()); n != 1 {
					t.Fatalf("%d dead letters", n)
				}
				for n := range 20 {
					far.setLimits(100+(n+1)*50, 2000)
					r.deliver(fmt.Sprintf("a:%d", 3*n+2), long("a", 3*n+3, 100+(n+1)*50), fmt.Sprintf("a:%d", 3*n+4), fmt.Sprintf("b:%d", n+1))
					pass(50 * time.Millisecond)
					if !slices.Contains(far.accepted(), fmt.Sprintf("b:%d", n+1)) {
						t.Errorf("b:%d waits for the limits", n+1)
					}
					pass(time.Second)
				}
				pass(time.Minute)
				if letters := r.writer.all(); len(letters) != 1 || letters[0].Reason != ReasonTooLarge {
					t.Errorf("dead letters %v", r.writer.values())
				}
				if name != "standard" {
					inOrder(t, far.accepted())
				}
				r.settled()
			}, kind)
		})
	}
}

// Messages of one group that are too large do not wait for a look each: there may be thousands.
func TestManyTooLarge(t *testing.T) {
	for name, kind := range kinds {
		t.Run(name, func(t *testing.T) {
			far := &fakeSink{latency: 20 * time.Millisecond, limits: Limits{MaxMessageBytes: 100, MaxBatchBytes: 1000}}
			inBubble(t, far, func(r *rig) {
				const many = 500
				for n := range many {
					r.deliver(long("a", n, 500))
				}
				pass(15 * time.Second)
				if n := len(r.writer.all()); n != many {
					t.Errorf("%d of %d dead letters", n, many)
				}
				if n := far.opened(); n > 5 {
					t.Errorf("looked at the limits %d times", n)
				}
				r.settled()
			}, kind)
		})
	}
}

// A dead letter that is too large for its queue leaves soon after the queue takes it.
func TestRaisedLimitForLetter(t *testing.T) {
	far := &fakeSink{limits: Limits{MaxMessageBytes: 50, MaxBatchBytes: 1 << 20}}
	inBubble(t, far, func(r *rig) {
		r.letters.ToLane(r.lane)
		r.letters.bury(r.delivery("x"), "other", ReasonRejected, &Failure{Code: "c"})
		pass(time.Hour)
		if n := far.opened(); n > 300 {
			t.Errorf("looked at the limits %d times in an hour", n)
		}
		far.setLimits(1<<20, 1<<20)
		pass(20 * time.Second)
		if r.health.text(lettersKey) != "" {
			t.Error("still told of the letter")
		}
		r.settled()
	})
}

// A limit that was lowered is learned of from what the service refuses: then the next is too large, and
// requests are no longer than it.
func TestLoweredLimit(t *testing.T) {
	far := &fakeSink{latency: 20 * time.Millisecond, limits: Limits{MaxMessageBytes: 1000, MaxBatchBytes: 1000}}
	far.answer = func(_ int, batch []*Message, results []*Failure) *Failure {
		sum := 0
		for i, m := range batch {
			if sum += m.Size; m.Size > far.limits.MaxMessageBytes {
				results[i] = &Failure{Class: Poison, Code: "InvalidParameterValue"}
			}
		}
		if sum > far.limits.MaxBatchBytes {
			return &Failure{Class: Poison, Code: "BatchRequestTooLong"}
		}
		return nil
	}
	inBubble(t, far, func(r *rig) {
		pass(time.Minute)
		far.setLimits(300, 300)
		for n := range 10 {
			r.deliver(long("a", n+1, 100))
		}
		pass(time.Second)
		if n := len(r.writer.all()); n > 0 {
			t.Errorf("%d dead letters: each of them is small enough", n)
		}
		before := len(far.requests())
		for n := range 10 {
			r.deliver(long("b", n+1, 100))
		}
		pass(time.Second)
		if n := len(far.requests()) - before; n != 4 {
			t.Errorf("%d requests, want 4 that fit", n)
		}
		pass(lookSeldom)
		far.setLimits(200, 300)
		r.deliver(long("c", 1, 250))
		pass(time.Second)
		r.deliver(long("c", 2, 250))
		pass(lookEvery + time.Second)
		letters := r.writer.all()
		if len(letters) != 2 || letters[0].Reason != ReasonRejected || letters[1].Reason != ReasonTooLarge {
			t.Errorf("dead letters %+v", letters)
		}
		r.settled()
	})
}

// However many messages are too large, the limits are looked at now and then only.
func TestLooksAreRare(t *testing.T) {
	far := &fakeSink{latency: 20 * time.Millisecond, limits: Limits{MaxMessageBytes: 100, MaxBatchBytes: 1000}}
	inBubble(t, far, func(r *rig) {
		for n := range 600 {
			r.deliver(long("a", n+1, 500), fmt.Sprintf("b:%d", n+1))
			pass(100 * time.Millisecond)
		}
		pass(lookEvery + time.Second)
		if n := far.opened(); n < 10 || n > 15 {
			t.Errorf("looked at the limits %d times in a minute", n)
		}
		if n := len(r.writer.all()); n != 600 {
			t.Errorf("%d dead letters", n)
		}
		r.settled()
	})
}

// Limits that cannot be looked up any more are those that were known last: at once where the look-up is
// denied, after a while where it only fails.
func TestLimitsOutOfReach(t *testing.T) {
	for name, c := range map[string]struct {
		failure error
		within  time.Duration
	}{
		"presumed": {nil, time.Second},
		"denied":   {&Failure{Class: Configuration, Code: "QueueDoesNotExist"}, time.Second},
		"failing":  {&Failure{Class: Transient, Code: "connection"}, lookPatience + time.Second},
	} {
		t.Run(name, func(t *testing.T) {
			var out atomic.Bool
			far := &fakeSink{latency: 20 * time.Millisecond, limits: Limits{MaxMessageBytes: 500, MaxBatchBytes: 1000}}
			far.open = func(int) error {
				if !out.Load() {
					return nil
				}
				if c.failure == nil {
					far.limits = Limits{MaxMessageBytes: 256, MaxBatchBytes: 256, Presumed: true}
				}
				return c.failure
			}
			inBubble(t, far, func(r *rig) {
				pass(time.Minute)
				out.Store(true)
				r.deliver(long("a", 1, 600), long("a", 2, 400))
				pass(c.within)
				if letters := r.writer.all(); len(letters) != 1 || letters[0].Reason != ReasonTooLarge {
					t.Errorf("dead letters %+v", letters)
				}
				r.deliver(long("a", 3, 400))
				pass(time.Second)
				if n := len(far.accepted()); n != 2 {
					t.Errorf("%d of two that are small enough are there", n)
				}
				if began, _ := r.health.told(laneKey); began > 0 {
					t.Errorf("told: %s", r.health.latest)
				}
				r.settled()
			})
		})
	}
}

// What waits for the limits goes with its assignment, and a lane may end meanwhile.
func TestEndWhileLooking(t *testing.T) {
	for name, kind := range kinds {
		t.Run(name, func(t *testing.T) {
			far := &fakeSink{latency: 20 * time.Millisecond, lookup: time.Second, limits: Limits{MaxMessageBytes: 100, MaxBatchBytes: 1000}}
			inBubble(t, far, func(r *rig) {
				pass(time.Second)
				r.deliver(long("a", 1, 500), "a:2")
				pass(100 * time.Millisecond)
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
