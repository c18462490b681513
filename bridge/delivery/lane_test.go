package delivery

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/sluice-bridge/sluice/bridge/bridgetest"
	"github.com/sluice-bridge/sluice/bridge/delivery/limiter"
	"github.com/sluice-bridge/sluice/bridge/message"
	"github.com/sluice-bridge/sluice/bridge/offsets"
	"github.com/sluice-bridge/sluice/bridge/sink"
)

// What is not enough for a request waits as long as the linger says, and no longer.
func TestLaneLingersAsLongAsItIsTold(t *testing.T) {
	inBubble(t, &bridgetest.Sink{}, func(r *rig) {
		r.deliver("a", "b")
		bridgetest.Pass(19 * time.Millisecond)
		if n := len(r.far.Requests()); n != 0 {
			t.Fatalf("%d requests before the linger is over", n)
		}
		r.deliver("c")
		bridgetest.Pass(time.Millisecond)
		if got := r.far.Requests(); len(got) != 1 || len(got[0]) != 3 {
			t.Fatalf("requests %v", got)
		}
		r.settled()
	})
}

func TestFullRequestDoesNotWait(t *testing.T) {
	inBubble(t, &bridgetest.Sink{}, func(r *rig) {
		r.deliver(bridgetest.Bodies("x", 25)...)
		synctest.Wait()
		got := r.far.Requests()
		if len(got) != 2 || len(got[0]) != 10 || len(got[1]) != 10 {
			t.Fatalf("requests %v", got)
		}
		r.lane.Flush()
		synctest.Wait()
		if len(r.far.Requests()) != 3 {
			t.Fatal("a flush waits")
		}
		r.settled()
	})
}

// Records that fit one by one may not fit together: a request is cut by bytes.
func TestRequestIsCutByBytes(t *testing.T) {
	inBubble(t, &bridgetest.Sink{}, func(r *rig) {
		for i := range 10 {
			r.deliver(string(rune('a'+i)) + strings.Repeat("x", 200<<10))
		}
		bridgetest.Pass(time.Second)
		for _, c := range r.far.Calls {
			if c.Size > 1<<20 {
				t.Errorf("a request of %d bytes", c.Size)
			}
		}
		if n := len(r.far.Requests()); n != 2 {
			t.Errorf("%d requests", n)
		}
		r.settled()
	})
}

// Concurrency starts low, grows with success, and stops at what is configured.
func TestConcurrencyGrowsWithSuccess(t *testing.T) {
	inBubble(t, &bridgetest.Sink{Latency: 100 * time.Millisecond}, func(r *rig) {
		for range 40 {
			r.deliver(bridgetest.Bodies("x", 200)...)
		}
		synctest.Wait()
		if out, _ := r.far.Seen(); out != limiter.Starting {
			t.Errorf("%d requests out at the start", out)
		}
		bridgetest.Pass(time.Minute)
		if _, most := r.far.Seen(); most != 32 {
			t.Errorf("%d requests at the most, want 32", most)
		}
		r.settled()
	}, concurrent(32))
}

// A throttle halves what is out, once for all requests that were out together.
func TestThrottleHalvesConcurrencyOnce(t *testing.T) {
	var throttle atomic.Bool
	throttle.Store(true)
	far := &bridgetest.Sink{Latency: 100 * time.Millisecond}
	far.Answer = func(int, []*message.Message, []*sink.Failure) *sink.Failure {
		if throttle.Load() {
			return &sink.Failure{Class: sink.Throttled, Code: "RequestThrottled"}
		}
		return nil
	}
	inBubble(t, far, func(r *rig) {
		r.deliver(bridgetest.Bodies("x", 800)...)
		bridgetest.Pass(100 * time.Millisecond)
		if n := r.allowed(); n != limiter.Starting/2 {
			t.Errorf("%d allowed after a throttle", n)
		}
		throttle.Store(false)
		bridgetest.Pass(2 * time.Minute)
		if r.allowed() <= limiter.Starting/2 {
			t.Error("concurrency does not come back")
		}
		r.settled()
	}, concurrent(64))
}

// Single failures are part of normal operation and say nothing of what the service bears.
func TestFewFailuresKeepConcurrency(t *testing.T) {
	far := &bridgetest.Sink{Latency: 50 * time.Millisecond}
	far.Answer = func(n int, _ []*message.Message, _ []*sink.Failure) *sink.Failure {
		if n%100 == 50 {
			return &sink.Failure{Class: sink.Transient, Code: "InternalError"}
		}
		return nil
	}
	inBubble(t, far, func(r *rig) {
		for range 200 {
			r.deliver(bridgetest.Bodies("x", 200)...)
		}
		bridgetest.Pass(time.Hour)
		if n := r.allowed(); n != 32 {
			t.Errorf("%d allowed", n)
		}
		if began, _ := r.health.Told(laneKey); began != 0 {
			t.Errorf("told: %s", r.health.Latest)
		}
		r.settled()
	}, concurrent(32))
}

// Single entries that fail or are throttled, in many requests but few of all messages, leave the
// Concurrency alone.
func TestFewFailedEntriesKeepConcurrency(t *testing.T) {
	for _, class := range []sink.Class{sink.Throttled, sink.Transient} {
		far := &bridgetest.Sink{Latency: 50 * time.Millisecond}
		far.Answer = func(n int, batch []*message.Message, results []*sink.Failure) *sink.Failure {
			if n%6 == 0 {
				results[n%len(batch)] = &sink.Failure{Class: class, Code: "some"}
			}
			return nil
		}
		inBubble(t, far, func(r *rig) {
			for range 200 {
				r.deliver(bridgetest.Bodies("x", 200)...)
			}
			bridgetest.Pass(time.Hour)
			if n := r.allowed(); n != 32 {
				t.Errorf("%v: %d allowed", class, n)
			}
			r.settled()
		}, concurrent(32))
	}
}

func TestOnlyTheFailedEntryIsSentAgain(t *testing.T) {
	far := &bridgetest.Sink{}
	far.Answer = func(n int, batch []*message.Message, results []*sink.Failure) *sink.Failure {
		for i, m := range batch {
			if n < 3 && string(m.Body) == "b" {
				results[i] = &sink.Failure{Class: sink.Transient, Code: "missing_from_answer"}
			}
		}
		return nil
	}
	inBubble(t, far, func(r *rig) {
		r.deliver("a", "b", "c")
		bridgetest.Pass(time.Minute)
		if got := fmt.Sprint(far.Requests()); got != "[[a b c] [b] [b]]" {
			t.Errorf("requests %s", got)
		}
		r.settled()
	})
}

// An outage that passes is told of when it lasts, once, and its end once.
func TestOutageIsToldOnceWhenItLasts(t *testing.T) {
	var down atomic.Bool
	down.Store(true)
	far := &bridgetest.Sink{Latency: time.Millisecond}
	far.Answer = func(int, []*message.Message, []*sink.Failure) *sink.Failure {
		if down.Load() {
			return &sink.Failure{Class: sink.Transient, Code: "connection"}
		}
		return nil
	}
	inBubble(t, far, func(r *rig) {
		r.deliver(bridgetest.Bodies("x", 30)...)
		bridgetest.Pass(4 * time.Second)
		if began, _ := r.health.Told(laneKey); began != 0 {
			t.Error("told of at once")
		}
		bridgetest.Pass(10 * time.Minute)
		if began, ended := r.health.Told(laneKey); began != 1 || ended != 0 {
			t.Errorf("told %d times, and %d of the end", began, ended)
		}
		if n := len(far.Requests()); n > 450 {
			t.Errorf("%d requests in ten minutes: no backoff", n)
		}
		down.Store(false)
		bridgetest.Pass(time.Minute)
		if began, ended := r.health.Told(laneKey); began != 1 || ended != 1 {
			t.Errorf("told %d times, and %d of the end", began, ended)
		}
		r.settled()
	})
}

// When an outage is over, what waits for its next try does not wait on: it would hold back all that is
// read of its partition.
func TestRetriesDoNotWaitOnAfterAnOutage(t *testing.T) {
	for name, kind := range map[string]func(*LaneOptions){"standard": func(*LaneOptions) {}, "FIFO": fifo} {
		t.Run(name, func(t *testing.T) {
			var down atomic.Bool
			down.Store(true)
			far := &bridgetest.Sink{Latency: time.Millisecond}
			far.Answer = func(int, []*message.Message, []*sink.Failure) *sink.Failure {
				if down.Load() {
					return &sink.Failure{Class: sink.Transient, Code: "ServiceUnavailable"}
				}
				return nil
			}
			inBubble(t, far, func(r *rig) {
				r.deliver(bridgetest.Bodies("x", 300)...)
				bridgetest.Pass(2 * time.Minute)
				down.Store(false)
				for range 600 {
					if len(far.Accepted()) > 0 {
						break
					}
					bridgetest.Pass(100 * time.Millisecond)
				}
				bridgetest.Pass(shortWait + time.Second)
				r.settled()
			}, kind, concurrent(64))
		})
	}
}

func TestGiveUpAfterDeadLettersALastingFailure(t *testing.T) {
	far := &bridgetest.Sink{Answer: func(int, []*message.Message, []*sink.Failure) *sink.Failure {
		return &sink.Failure{Class: sink.Unknown, Code: "timeout"}
	}}
	inBubble(t, far, func(r *rig) {
		r.deliver("a", "b")
		bridgetest.Pass(9 * time.Second)
		if got := r.writer.Values(); len(got) != 0 {
			t.Fatalf("dead letters %v before the time is up", got)
		}
		bridgetest.Pass(time.Minute)
		if got := r.writer.Values(); !slices.Equal(got, []string{"a", "b"}) {
			t.Fatalf("dead letters %v", got)
		}
		if l := r.writer.All()[0]; l.Reason != message.ReasonGaveUp || l.Attempts < 2 || l.Destination != "d" {
			t.Errorf("letter %+v", l)
		}
		r.settled()
	}, giveUp(10*time.Second))
}

// What the destination cannot carry is a dead letter; its neighbours go.
func TestTooLargeMessageBecomesADeadLetter(t *testing.T) {
	far := &bridgetest.Sink{Limits: sink.Limits{MaxMessageBytes: 10, MaxBatchBytes: 100}}
	inBubble(t, far, func(r *rig) {
		r.deliver("a", "01234567890", "b")
		bridgetest.Pass(time.Second)
		if got := r.writer.All(); len(got) != 1 || got[0].Reason != message.ReasonTooLarge || got[0].Attempts != 0 {
			t.Errorf("dead letters %+v", got)
		}
		if got := fmt.Sprint(far.Requests()); got != "[[a b]]" {
			t.Errorf("requests %s", got)
		}
		r.settled()
	})
}

// A request whose answer is lost in Close is neither settled nor dead-lettered, and nothing of
// the lane is left.
func TestCloseCutsRequestsWithoutSettlingThem(t *testing.T) {
	inBubble(t, &bridgetest.Sink{Latency: time.Hour}, func(r *rig) {
		r.deliver(bridgetest.Bodies("x", 30)...)
		bridgetest.Pass(5 * time.Minute)
		r.lane.Close()
		if !r.far.Closed || r.far.Early {
			t.Errorf("far closed %v, with requests out %v", r.far.Closed, r.far.Early)
		}
		synctest.Wait()
		if got := r.writer.Values(); len(got) != 0 {
			t.Errorf("dead letters %v", got)
		}
		if m := r.part.Committable().Offset; m > 0 {
			t.Errorf("settled up to %d", m)
		}
		if r.lane.Add(nil, time.Now()) {
			t.Error("a closed lane takes deliveries")
		}
	}, giveUp(time.Second), func(o *LaneOptions) { o.RequestTimeout = 2 * time.Hour })
}

// An acknowledgement that comes after the end of the assignment does not move its mark.
func TestLateAcknowledgementDoesNotMoveTheMark(t *testing.T) {
	inBubble(t, &bridgetest.Sink{Latency: time.Second}, func(r *rig) {
		r.deliver("a", "b")
		bridgetest.Pass(500 * time.Millisecond)
		r.part.Close()
		r.lane.Sweep()
		bridgetest.Pass(time.Minute)
		if len(r.far.Accepted()) != 2 {
			t.Fatal("nothing was acknowledged late")
		}
		if m := r.part.Committable().Offset; m > 0 {
			t.Errorf("mark %d", m)
		}
		if records, bytes := r.window.Held(); records != 0 || bytes != 0 {
			t.Errorf("%d records, %d bytes in the window", records, bytes)
		}
	})
}

func TestFailureAfterItsAssignmentIsNotRetried(t *testing.T) {
	for name, mode := range map[string]func(*LaneOptions){"standard": func(*LaneOptions) {}, "fifo": fifo} {
		t.Run(name, func(t *testing.T) {
			far := &bridgetest.Sink{Latency: time.Second, Answer: func(int, []*message.Message, []*sink.Failure) *sink.Failure {
				return &sink.Failure{Class: sink.Transient, Code: "connection"}
			}}
			inBubble(t, far, func(r *rig) {
				r.deliver("a:1", "b:1")
				bridgetest.Pass(500 * time.Millisecond)
				r.part.Close()
				r.lane.Sweep()
				bridgetest.Pass(time.Hour)
				if n := len(far.Requests()); n != 1 || r.lane.Queued() != 0 {
					t.Errorf("%d requests, %d queued", n, r.lane.Queued())
				}
			}, mode)
		})
	}
}

// The end of an assignment takes its retries out of the lane, and leaves those of others.
func TestSweepTakesRetriesOfAnEndedAssignment(t *testing.T) {
	far := &bridgetest.Sink{Answer: func(n int, _ []*message.Message, _ []*sink.Failure) *sink.Failure {
		if n == 1 {
			return &sink.Failure{Class: sink.Transient, Code: "connection"}
		}
		return nil
	}}
	inBubble(t, far, func(r *rig) {
		r.deliver("old")
		bridgetest.Pass(20 * time.Millisecond)
		if r.lane.Queued() != 1 {
			t.Fatal("no retry waits")
		}
		r.part.Close()
		r.part = offsets.NewTracker("t", 0, r.part.Origin, r.window)
		r.next = 0
		r.deliver("new")
		r.lane.Sweep()
		if n := r.lane.Queued(); n != 1 {
			t.Errorf("%d queued", n)
		}
		bridgetest.Pass(time.Minute)
		if got := far.Accepted(); !slices.Equal(got, []string{"new"}) {
			t.Errorf("accepted %v", got)
		}
		r.settled()
	})
}

// A retired lane sends what it holds, takes nothing more, and says when it is done.
func TestRetiredLaneSendsWhatItHolds(t *testing.T) {
	inBubble(t, &bridgetest.Sink{Latency: time.Second}, func(r *rig) {
		r.deliver("a")
		idle := r.lane.Retire()
		if r.lane.Add(nil, time.Now()) {
			t.Error("a retired lane takes deliveries")
		}
		select {
		case <-idle:
			t.Fatal("idle while a request is out")
		default:
		}
		bridgetest.Pass(time.Second)
		select {
		case <-idle:
		default:
			t.Fatal("not idle although all is sent")
		}
		if r.lane.Retire() != idle {
			t.Error("another channel")
		}
		r.settled()
	})
}

// A new lane to an old destination sends nothing before the old one is done.
func TestLaneWaitsForTheOneBeforeIt(t *testing.T) {
	old := &bridgetest.Sink{Latency: 10 * time.Second}
	inBubble(t, old, func(r *rig) {
		r.deliver("g:1", "g:2")
		after := make(chan struct{})
		far := &bridgetest.Sink{Limits: r.far.Limits}
		next := r.newLane(far, fifo, func(o *LaneOptions) { o.After = []<-chan struct{}{after} })
		defer next.Close()
		idle := r.lane.Retire()
		r.deliverTo(next, "g:3")
		go func() {
			<-idle
			close(after)
		}()
		bridgetest.Pass(19 * time.Second)
		if n := len(far.Requests()); n != 0 {
			t.Fatalf("%d requests overtook", n)
		}
		bridgetest.Pass(time.Minute)
		if len(old.Accepted()) != 2 || len(far.Accepted()) != 1 {
			t.Errorf("accepted %v and %v", old.Accepted(), far.Accepted())
		}
		r.settled()
	}, fifo)
}

// Two reloads in a row: the lane between them may have nothing to send, and is yet not done before the
// first one is.
func TestLaneWaitsForAllLanesBeforeIt(t *testing.T) {
	inBubble(t, &bridgetest.Sink{Latency: 10 * time.Second}, func(r *rig) {
		r.deliver("g:1", "g:2")
		lanes := []*Lane{r.lane}
		for range 2 {
			idle := lanes[len(lanes)-1].Retire()
			lane := r.newLane(r.far, fifo, func(o *LaneOptions) { o.After = []<-chan struct{}{idle} })
			defer lane.Close()
			lanes = append(lanes, lane)
		}
		r.deliverTo(lanes[2], "g:3")
		if lanes[1].Stranded() != nil || lanes[2].Stranded() != nil {
			t.Error("to wait for an earlier lane is taken for a broken destination")
		}
		bridgetest.Pass(time.Minute)
		if got := fmt.Sprint(r.far.Accepted()); got != "[g:1 g:2 g:3]" || r.far.Overlaps != 0 {
			t.Errorf("accepted %s, %d overlaps", got, r.far.Overlaps)
		}
		r.settled()
	}, fifo)
}

// A lane waits for its destination to open, says so, and then sends.
func TestLaneSendsOnceItsDestinationOpens(t *testing.T) {
	far := &bridgetest.Sink{AtOpening: func(n int) error {
		if n < 4 {
			return errors.New("no such queue")
		}
		return nil
	}}
	inBubble(t, far, func(r *rig) {
		r.deliver(bridgetest.Bodies("x", 12)...)
		if parts := r.lane.Stranded(); len(parts) != 1 || parts[r.part] != 12 {
			t.Errorf("stranded %v", parts)
		}
		bridgetest.Pass(2 * time.Minute)
		if began, ended := r.health.Told(laneKey); began != 1 || ended != 1 {
			t.Errorf("told %d times, and %d of the end", began, ended)
		}
		if r.lane.Stranded() != nil {
			t.Error("stranded although it sends")
		}
		r.settled()
	})
}

// A throttled message waits a second at the most, however often it was throttled: the lane as a whole
// keeps to the quota, and messages that wait on after a spell would hold back their partition.
func TestThrottledMessageWaitsASecondAtMost(t *testing.T) {
	far := &bridgetest.Sink{}
	far.Answer = func(n int, _ []*message.Message, _ []*sink.Failure) *sink.Failure {
		if n <= 200 {
			return &sink.Failure{Class: sink.Throttled, Code: "RequestThrottled"}
		}
		return nil
	}
	inBubble(t, far, func(r *rig) {
		r.deliver("a")
		bridgetest.Pass(time.Hour)
		// A wait of the message is followed by what is left of the pause of the lane.
		for i, most := 1, shortWait+3*time.Second/2; i < len(far.Calls); i++ {
			if gap := far.Calls[i].At.Sub(far.Calls[i-1].At); gap > most {
				t.Errorf("retry %d after %v", i, gap)
			}
		}
		if took := far.Calls[200].At.Sub(far.Calls[100].At); took < time.Minute {
			t.Errorf("a hundred retries in %v", took)
		}
		r.settled()
	})
}
