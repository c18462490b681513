package bridge

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"
)

// What is not enough for a request waits as long as the linger says, and no longer.
func TestLinger(t *testing.T) {
	inBubble(t, &fakeSink{}, func(r *rig) {
		r.deliver("a", "b")
		pass(19 * time.Millisecond)
		if n := len(r.far.requests()); n != 0 {
			t.Fatalf("%d requests before the linger is over", n)
		}
		r.deliver("c")
		pass(time.Millisecond)
		if got := r.far.requests(); len(got) != 1 || len(got[0]) != 3 {
			t.Fatalf("requests %v", got)
		}
		r.settled()
	})
}

// A full request does not wait.
func TestFullBatch(t *testing.T) {
	inBubble(t, &fakeSink{}, func(r *rig) {
		r.deliver(bodies("x", 25)...)
		synctest.Wait()
		got := r.far.requests()
		if len(got) != 2 || len(got[0]) != 10 || len(got[1]) != 10 {
			t.Fatalf("requests %v", got)
		}
		r.lane.Flush()
		synctest.Wait()
		if len(r.far.requests()) != 3 {
			t.Fatal("a flush waits")
		}
		r.settled()
	})
}

// Records that fit one by one may not fit together: a request is cut by bytes.
func TestBatchBytes(t *testing.T) {
	inBubble(t, &fakeSink{}, func(r *rig) {
		for i := range 10 {
			r.deliver(string(rune('a'+i)) + strings.Repeat("x", 200<<10))
		}
		pass(time.Second)
		for _, c := range r.far.calls {
			if c.size > 1<<20 {
				t.Errorf("a request of %d bytes", c.size)
			}
		}
		if n := len(r.far.requests()); n != 2 {
			t.Errorf("%d requests", n)
		}
		r.settled()
	})
}

// Concurrency starts low, grows with success, and stops at what is configured.
func TestConcurrencyGrows(t *testing.T) {
	inBubble(t, &fakeSink{latency: 100 * time.Millisecond}, func(r *rig) {
		for range 40 {
			r.deliver(bodies("x", 200)...)
		}
		synctest.Wait()
		if out, _ := r.far.seen(); out != startingConcurrency {
			t.Errorf("%d requests out at the start", out)
		}
		pass(time.Minute)
		if _, most := r.far.seen(); most != 32 {
			t.Errorf("%d requests at the most, want 32", most)
		}
		r.settled()
	}, concurrent(32))
}

// A throttle halves what is out, once for all requests that were out together.
func TestThrottleHalves(t *testing.T) {
	var throttle atomic.Bool
	throttle.Store(true)
	far := &fakeSink{latency: 100 * time.Millisecond}
	far.answer = func(int, []*Message, []*Failure) *Failure {
		if throttle.Load() {
			return &Failure{Class: Throttled, Code: "RequestThrottled"}
		}
		return nil
	}
	inBubble(t, far, func(r *rig) {
		r.deliver(bodies("x", 800)...)
		pass(100 * time.Millisecond)
		if n := r.allowed(); n != startingConcurrency/2 {
			t.Errorf("%d allowed after a throttle", n)
		}
		throttle.Store(false)
		pass(2 * time.Minute)
		if r.allowed() <= startingConcurrency/2 {
			t.Error("concurrency does not come back")
		}
		r.settled()
	}, concurrent(64))
}

// Single failures are part of normal operation and say nothing of what the service bears.
func TestFewFailuresKeepConcurrency(t *testing.T) {
	far := &fakeSink{latency: 50 * time.Millisecond}
	far.answer = func(n int, _ []*Message, _ []*Failure) *Failure {
		if n%100 == 50 {
			return &Failure{Class: Transient, Code: "InternalError"}
		}
		return nil
	}
	inBubble(t, far, func(r *rig) {
		for range 200 {
			r.deliver(bodies("x", 200)...)
		}
		pass(time.Hour)
		if n := r.allowed(); n != 32 {
			t.Errorf("%d allowed", n)
		}
		if began, _ := r.health.told(laneKey); began != 0 {
			t.Errorf("told: %s", r.health.latest)
		}
		r.settled()
	}, concurrent(32))
}

// Single entries that fail or are throttled, in many requests but few of all messages, leave the
// concurrency alone.
func TestFewFailedEntriesKeepConcurrency(t *testing.T) {
	for _, class := range []Class{Throttled, Transient} {
		far := &fakeSink{latency: 50 * time.Millisecond}
		far.answer = func(n int, batch []*Message, results []*Failure) *Failure {
			if n%6 == 0 {
				results[n%len(batch)] = &Failure{Class: class, Code: "some"}
			}
			return nil
		}
		inBubble(t, far, func(r *rig) {
			for range 200 {
				r.deliver(bodies("x", 200)...)
			}
			pass(time.Hour)
			if n := r.allowed(); n != 32 {
				t.Errorf("%v: %d allowed", class, n)
			}
			r.settled()
		}, concurrent(32))
	}
}

// A failed entry is sent again; its neighbours are not.
func TestPartialFailure(t *testing.T) {
	far := &fakeSink{}
	far.answer = func(n int, batch []*Message, results []*Failure) *Failure {
		for i, m := range batch {
			if n < 3 && string(m.Body) == "b" {
				results[i] = &Failure{Class: Transient, Code: "missing_from_answer"}
			}
		}
		return nil
	}
	inBubble(t, far, func(r *rig) {
		r.deliver("a", "b", "c")
		pass(time.Minute)
		if got := fmt.Sprint(far.requests()); got != "[[a b c] [b] [b]]" {
			t.Errorf("requests %s", got)
		}
		r.settled()
	})
}

// An outage that passes is told of when it lasts, once, and its end once.
func TestOutage(t *testing.T) {
	var down atomic.Bool
	down.Store(true)
	far := &fakeSink{latency: time.Millisecond}
	far.answer = func(int, []*Message, []*Failure) *Failure {
		if down.Load() {
			return &Failure{Class: Transient, Code: "connection"}
		}
		return nil
	}
	inBubble(t, far, func(r *rig) {
		r.deliver(bodies("x", 30)...)
		pass(4 * time.Second)
		if began, _ := r.health.told(laneKey); began != 0 {
			t.Error("told of at once")
		}
		pass(10 * time.Minute)
		if began, ended := r.health.told(laneKey); began != 1 || ended != 0 {
			t.Errorf("told %d times, and %d of the end", began, ended)
		}
		if n := len(far.requests()); n > 450 {
			t.Errorf("%d requests in ten minutes: no backoff", n)
		}
		down.Store(false)
		pass(time.Minute)
		if began, ended := r.health.told(laneKey); began != 1 || ended != 1 {
			t.Errorf("told %d times, and %d of the end", began, ended)
		}
		r.settled()
	})
}

// When an outage is over, what waits for its next try does not wait on: it would hold back all that is
// read of its partition.
func TestNobodyWaitsOnAfterAnOutage(t *testing.T) {
	for name, kind := range map[string]func(*LaneOptions){"standard": func(*LaneOptions) {}, "FIFO": fifo} {
		t.Run(name, func(t *testing.T) {
			var down atomic.Bool
			down.Store(true)
			far := &fakeSink{latency: time.Millisecond}
			far.answer = func(int, []*Message, []*Failure) *Failure {
				if down.Load() {
					return &Failure{Class: Transient, Code: "ServiceUnavailable"}
				}
				return nil
			}
			inBubble(t, far, func(r *rig) {
				r.deliver(bodies("x", 300)...)
				pass(2 * time.Minute)
				down.Store(false)
				for range 600 {
					if len(far.accepted()) > 0 {
						break
					}
					pass(100 * time.Millisecond)
				}
				pass(shortWait + time.Second)
				r.settled()
			}, kind, concurrent(64))
		})
	}
}

// give_up_after turns what fails for long into dead letters.
func TestGiveUp(t *testing.T) {
	far := &fakeSink{answer: func(int, []*Message, []*Failure) *Failure {
		return &Failure{Class: Unknown, Code: "timeout"}
	}}
	inBubble(t, far, func(r *rig) {
		r.deliver("a", "b")
		pass(9 * time.Second)
		if got := r.writer.values(); len(got) != 0 {
			t.Fatalf("dead letters %v before the time is up", got)
		}
		pass(time.Minute)
		if got := r.writer.values(); !slices.Equal(got, []string{"a", "b"}) {
			t.Fatalf("dead letters %v", got)
		}
		if l := r.writer.all()[0]; l.Reason != ReasonGaveUp || l.Attempts < 2 || l.Destination != "d" {
			t.Errorf("letter %+v", l)
		}
		r.settled()
	}, giveUp(10*time.Second))
}

// What the destination cannot carry is a dead letter; its neighbours go.
func TestTooLarge(t *testing.T) {
	far := &fakeSink{limits: Limits{MaxMessageBytes: 10, MaxBatchBytes: 100}}
	inBubble(t, far, func(r *rig) {
		r.deliver("a", "01234567890", "b")
		pass(time.Second)
		if got := r.writer.all(); len(got) != 1 || got[0].Reason != ReasonTooLarge || got[0].Attempts != 0 {
			t.Errorf("dead letters %+v", got)
		}
		if got := fmt.Sprint(far.requests()); got != "[[a b]]" {
			t.Errorf("requests %s", got)
		}
		r.settled()
	})
}

// A request whose answer is lost in Close is neither settled nor dead-lettered, and nothing of
// the lane is left.
func TestCloseCutsRequests(t *testing.T) {
	inBubble(t, &fakeSink{latency: time.Hour}, func(r *rig) {
		r.deliver(bodies("x", 30)...)
		pass(5 * time.Minute)
		r.lane.Close()
		if !r.far.closed || r.far.early {
			t.Errorf("far closed %v, with requests out %v", r.far.closed, r.far.early)
		}
		synctest.Wait()
		if got := r.writer.values(); len(got) != 0 {
			t.Errorf("dead letters %v", got)
		}
		if m := r.part.Mark().Offset; m > 0 {
			t.Errorf("settled up to %d", m)
		}
		if r.lane.add(nil, time.Now()) {
			t.Error("a closed lane takes deliveries")
		}
	}, giveUp(time.Second), func(o *LaneOptions) { o.RequestTimeout = 2 * time.Hour })
}

// An acknowledgement that comes after the end of the assignment does not move its mark.
func TestLateAcknowledgement(t *testing.T) {
	inBubble(t, &fakeSink{latency: time.Second}, func(r *rig) {
		r.deliver("a", "b")
		pass(500 * time.Millisecond)
		r.part.Close()
		r.lane.Sweep()
		pass(time.Minute)
		if len(r.far.accepted()) != 2 {
			t.Fatal("nothing was acknowledged late")
		}
		if m := r.part.Mark().Offset; m > 0 {
			t.Errorf("mark %d", m)
		}
		if records, bytes := r.window.Held(); records != 0 || bytes != 0 {
			t.Errorf("%d records, %d bytes in the window", records, bytes)
		}
	})
}

// What fails after the end of its assignment is not sent again.
func TestFailureOfEndedAssignment(t *testing.T) {
	for name, mode := range map[string]func(*LaneOptions){"standard": func(*LaneOptions) {}, "fifo": fifo} {
		t.Run(name, func(t *testing.T) {
			far := &fakeSink{latency: time.Second, answer: func(int, []*Message, []*Failure) *Failure {
				return &Failure{Class: Transient, Code: "connection"}
			}}
			inBubble(t, far, func(r *rig) {
				r.deliver("a:1", "b:1")
				pass(500 * time.Millisecond)
				r.part.Close()
				r.lane.Sweep()
				pass(time.Hour)
				if n := len(far.requests()); n != 1 || r.lane.Queued() != 0 {
					t.Errorf("%d requests, %d queued", n, r.lane.Queued())
				}
			}, mode)
		})
	}
}

// The end of an assignment takes its retries out of the lane, and leaves those of others.
func TestSweepInRetry(t *testing.T) {
	far := &fakeSink{answer: func(n int, _ []*Message, _ []*Failure) *Failure {
		if n == 1 {
			return &Failure{Class: Transient, Code: "connection"}
		}
		return nil
	}}
	inBubble(t, far, func(r *rig) {
		r.deliver("old")
		pass(20 * time.Millisecond)
		if r.lane.Queued() != 1 {
			t.Fatal("no retry waits")
		}
		r.part.Close()
		r.part = NewPartition("t", 0, r.part.Origin, r.window)
		r.next = 0
		r.deliver("new")
		r.lane.Sweep()
		if n := r.lane.Queued(); n != 1 {
			t.Errorf("%d queued", n)
		}
		pass(time.Minute)
		if got := far.accepted(); !slices.Equal(got, []string{"new"}) {
			t.Errorf("accepted %v", got)
		}
		r.settled()
	})
}

// A retired lane sends what it holds, takes nothing more, and says when it is done.
func TestRetire(t *testing.T) {
	inBubble(t, &fakeSink{latency: time.Second}, func(r *rig) {
		r.deliver("a")
		idle := r.lane.Retire()
		if r.lane.add(nil, time.Now()) {
			t.Error("a retired lane takes deliveries")
		}
		select {
		case <-idle:
			t.Fatal("idle while a request is out")
		default:
		}
		pass(time.Second)
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
func TestAfter(t *testing.T) {
	old := &fakeSink{latency: 10 * time.Second}
	inBubble(t, old, func(r *rig) {
		r.deliver("g:1", "g:2")
		after := make(chan struct{})
		far := &fakeSink{limits: r.far.limits}
		next := r.newLane(far, fifo, func(o *LaneOptions) { o.After = []<-chan struct{}{after} })
		defer next.Close()
		idle := r.lane.Retire()
		r.deliverTo(next, "g:3")
		go func() {
			<-idle
			close(after)
		}()
		pass(19 * time.Second)
		if n := len(far.requests()); n != 0 {
			t.Fatalf("%d requests overtook", n)
		}
		pass(time.Minute)
		if len(old.accepted()) != 2 || len(far.accepted()) != 1 {
			t.Errorf("accepted %v and %v", old.accepted(), far.accepted())
		}
		r.settled()
	}, fifo)
}

// Two reloads in a row: the lane between them may have nothing to send, and is yet not done before the
// first one is.
func TestAfterChain(t *testing.T) {
	inBubble(t, &fakeSink{latency: 10 * time.Second}, func(r *rig) {
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
		pass(time.Minute)
		if got := fmt.Sprint(r.far.accepted()); got != "[g:1 g:2 g:3]" || r.far.overlaps != 0 {
			t.Errorf("accepted %s, %d overlaps", got, r.far.overlaps)
		}
		r.settled()
	}, fifo)
}

// A lane waits for its destination to open, says so, and then sends.
func TestOpenAfterFailures(t *testing.T) {
	far := &fakeSink{open: func(n int) error {
		if n < 4 {
			return errors.New("no such queue")
		}
		return nil
	}}
	inBubble(t, far, func(r *rig) {
		r.deliver(bodies("x", 12)...)
		if parts := r.lane.Stranded(); len(parts) != 1 || parts[r.part] != 12 {
			t.Errorf("stranded %v", parts)
		}
		pass(2 * time.Minute)
		if began, ended := r.health.told(laneKey); began != 1 || ended != 1 {
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
func TestThrottledWaits(t *testing.T) {
	far := &fakeSink{}
	far.answer = func(n int, _ []*Message, _ []*Failure) *Failure {
		if n <= 200 {
			return &Failure{Class: Throttled, Code: "RequestThrottled"}
		}
		return nil
	}
	inBubble(t, far, func(r *rig) {
		r.deliver("a")
		pass(time.Hour)
		// A wait of the message is followed by what is left of the pause of the lane.
		for i, most := 1, shortWait+3*time.Second/2; i < len(far.calls); i++ {
			if gap := far.calls[i].at.Sub(far.calls[i-1].at); gap > most {
				t.Errorf("retry %d after %v", i, gap)
			}
		}
		if took := far.calls[200].at.Sub(far.calls[100].at); took < time.Minute {
			t.Errorf("a hundred retries in %v", took)
		}
		r.settled()
	})
}
