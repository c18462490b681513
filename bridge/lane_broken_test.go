package bridge

import (
	"errors"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"
)

// A broken destination is never a reason for dead letters: the lane waits, looks rarely, and goes
// on by itself.
func TestConfiguration(t *testing.T) {
	var broken atomic.Bool
	broken.Store(true)
	far := &fakeSink{latency: 10 * time.Millisecond}
	far.answer = func(int, []*Message, []*Failure) *Failure {
		if broken.Load() {
			return &Failure{Class: Configuration, Code: "QueueDoesNotExist"}
		}
		return nil
	}
	inBubble(t, far, func(r *rig) {
		r.deliver(bodies("x", 100)...)
		pass(time.Hour)
		if began, ended := r.health.told(laneKey); began != 1 || ended != 0 {
			t.Errorf("told %d times, and %d of the end", began, ended)
		}
		if n := len(far.requests()); n < 200 || n > 1000 {
			t.Errorf("%d requests in an hour", n)
		}
		if got := r.writer.values(); len(got) != 0 {
			t.Errorf("dead letters %v", got)
		}
		if len(r.lane.Stranded()) != 1 {
			t.Error("nothing is stranded")
		}
		broken.Store(false)
		pass(20 * time.Second)
		if began, ended := r.health.told(laneKey); began != 1 || ended != 1 {
			t.Errorf("told %d times, and %d of the end", began, ended)
		}
		r.settled()
	}, giveUp(time.Second))
}

// What is told of a destination that cannot be opened says whether records wait for it.
func TestWhetherRecordsWait(t *testing.T) {
	far := &fakeSink{open: func(int) error { return errors.New("no queue") }}
	inBubble(t, far, func(r *rig) {
		pass(time.Minute)
		if text := r.health.text(laneKey); text != "the destination cannot be opened: no queue" {
			t.Errorf("with no record: %s", text)
		}
		r.deliver("a")
		pass(time.Minute)
		if text := r.health.text(laneKey); text != "the destination cannot be opened and its records wait: no queue" {
			t.Errorf("with a record: %s", text)
		}
	})
}

// A destination that keeps silent is told of when the first request has timed out.
func TestSilence(t *testing.T) {
	const timeout = 15 * time.Second
	far := &fakeSink{latency: timeout, answer: func(int, []*Message, []*Failure) *Failure {
		return &Failure{Class: Unknown, Code: "timeout"}
	}}
	inBubble(t, far, func(r *rig) {
		r.deliver("a")
		pass(timeout + time.Second)
		if began, _ := r.health.told(laneKey); began != 1 {
			t.Errorf("told %d times, want once", began)
		}
	})
}

// One request of many that gets no answer is nothing to tell of.
func TestOneSilentRequest(t *testing.T) {
	inBubble(t, &fakeSink{}, func(r *rig) {
		sent := time.Now()
		pass(15 * time.Second)
		r.lane.mu.Lock()
		r.lane.succeeded(sent, time.Now().Add(-time.Second))
		r.lane.failed(&Failure{Class: Unknown, Code: "timeout"}, false, sent, time.Now())
		r.lane.mu.Unlock()
		if began, _ := r.health.told(laneKey); began != 0 {
			t.Errorf("told %d times", began)
		}
	})
}

// A destination that fails when its lane ends has not recovered.
func TestNotRecoveredByClose(t *testing.T) {
	far := &fakeSink{latency: time.Millisecond, answer: func(int, []*Message, []*Failure) *Failure {
		return &Failure{Class: Transient, Code: "InternalError"}
	}}
	inBubble(t, far, func(r *rig) {
		r.deliver("a", "b", "c")
		pass(time.Minute)
		r.lane.Close()
		if began, ended := r.health.told(laneKey); began != 1 || ended != 0 || r.health.text(laneKey) != "" {
			t.Errorf("told %d times, and %d of the end; now %q", began, ended, r.health.text(laneKey))
		}
	})
}

// A destination that takes some entries and is broken for others is broken, and stays so.
func TestPartlyBroken(t *testing.T) {
	far := &fakeSink{latency: time.Millisecond, answer: func(_ int, batch []*Message, results []*Failure) *Failure {
		for i, m := range batch {
			if string(m.Body) == "b" {
				results[i] = &Failure{Class: Configuration, Code: "KmsAccessDenied"}
			}
		}
		return nil
	}}
	inBubble(t, far, func(r *rig) {
		r.deliver("a", "b", "c")
		pass(time.Minute)
		if began, ended := r.health.told(laneKey); began != 1 || ended != 0 {
			t.Errorf("told %d times, and %d of the end", began, ended)
		}
		r.deliver("d")
		pass(time.Minute)
		if began, ended := r.health.told(laneKey); began != 1 || ended != 0 || far.sends("d") != 1 {
			t.Errorf("told %d times, and %d of the end; d was sent %d times", began, ended, far.sends("d"))
		}
	})
}

// After trouble one request at a time goes out, until one is taken.
func TestProbing(t *testing.T) {
	far := &fakeSink{latency: time.Second}
	far.answer = func(n int, _ []*Message, _ []*Failure) *Failure {
		if n < 60 {
			return &Failure{Class: Configuration, Code: "AccessDenied"}
		}
		return nil
	}
	inBubble(t, far, func(r *rig) {
		r.deliver(bodies("x", 400)...)
		pass(time.Second)
		first := len(far.requests())
		far.seen()
		pass(time.Minute)
		_, most := far.seen()
		if n := len(far.requests()); n <= first || n >= 60 || most != 1 {
			t.Errorf("%d requests after %d, %d at once", n, first, most)
		}
		pass(time.Hour)
		r.settled()
	}, concurrent(16))
}

// Credentials that expire are renewed by the sink: one more try follows at once.
func TestCredentialsRenewed(t *testing.T) {
	far := &fakeSink{latency: time.Second}
	far.answer = func(n int, _ []*Message, _ []*Failure) *Failure {
		if n <= 4 {
			return &Failure{Class: Credentials, Code: "ExpiredToken"}
		}
		return nil
	}
	inBubble(t, far, func(r *rig) {
		r.deliver(bodies("x", 40)...)
		pass(2 * time.Second)
		if n := len(far.requests()); n != 8 {
			t.Errorf("%d requests", n)
		}
		if began, _ := r.health.told(laneKey); began != 0 || far.opened() != 1 {
			t.Errorf("told %d times, opened %d times", began, far.opened())
		}
		r.settled()
	})
}

// Credentials that stay wrong break the destination after that one try.
func TestCredentialsWrong(t *testing.T) {
	far := &fakeSink{latency: time.Second, answer: func(int, []*Message, []*Failure) *Failure {
		return &Failure{Class: Credentials, Code: "SignatureDoesNotMatch"}
	}}
	inBubble(t, far, func(r *rig) {
		r.deliver("a")
		pass(2*time.Second + 20*time.Millisecond)
		if n := len(far.requests()); n != 2 {
			t.Errorf("%d requests", n)
		}
		if began, _ := r.health.told(laneKey); began != 1 {
			t.Error("not told")
		}
		pass(time.Hour)
		if n := len(far.requests()); n > 1000 {
			t.Errorf("%d requests in an hour", n)
		}
		if got := r.writer.values(); len(got) != 0 {
			t.Errorf("dead letters %v", got)
		}
	}, giveUp(time.Second))
}

// A request that was out when the destination broke says nothing of it when it is answered late.
func TestLateSuccessOfBroken(t *testing.T) {
	far := &fakeSink{latency: time.Second, open: func(n int) error {
		if n > 1 {
			return &Failure{Class: Configuration, Code: "gone"}
		}
		return nil
	}}
	far.answer = func(n int, _ []*Message, _ []*Failure) *Failure {
		if n == 1 {
			return &Failure{Class: Configuration, Code: "gone"}
		}
		return nil
	}
	inBubble(t, far, func(r *rig) {
		r.deliver(bodies("x", 10)...)
		pass(500 * time.Millisecond)
		r.deliver(bodies("y", 10)...)
		pass(time.Hour)
		if len(far.accepted()) != 10 {
			t.Fatalf("accepted %v", far.accepted())
		}
		if began, ended := r.health.told(laneKey); began != 1 || ended != 0 {
			t.Errorf("told %d times, and %d of the end", began, ended)
		}
	})
}

// Trouble is what keeps records from flowing: where none waits any more there is none, which is no
// recovery.
func TestTroubleEndsWithAssignment(t *testing.T) {
	for name, f := range map[string]*Failure{
		"transient":     {Class: Transient, Code: "connection"},
		"configuration": {Class: Configuration, Code: "AccessDenied"},
	} {
		t.Run(name, func(t *testing.T) {
			far := &fakeSink{latency: 100 * time.Millisecond, answer: func(int, []*Message, []*Failure) *Failure { return f }}
			inBubble(t, far, func(r *rig) {
				r.deliver("a")
				pass(10 * time.Minute)
				r.part.Close()
				r.lane.Sweep()
				pass(time.Minute)
				if began, ended := r.health.told(laneKey); began != 1 || ended != 0 || r.health.text(laneKey) != "" {
					t.Errorf("told %d times, and %d of the end; now %q", began, ended, r.health.text(laneKey))
				}
			})
		})
	}
}

// Many lanes may break at once: what waits must not keep Close.
func TestCloseWhileBroken(t *testing.T) {
	far := &fakeSink{open: func(int) error { return &Failure{Class: Configuration, Code: "gone"} }}
	inBubble(t, far, func(r *rig) {
		r.deliver("a")
		pass(time.Minute)
		r.lane.Close()
		synctest.Wait()
		n := far.opened()
		pass(time.Hour)
		if far.opened() != n {
			t.Error("opened after Close")
		}
	})
}
