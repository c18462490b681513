package delivery

import (
	"errors"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/sluice-bridge/sluice/bridge/bridgetest"
	"github.com/sluice-bridge/sluice/bridge/message"
	"github.com/sluice-bridge/sluice/bridge/sink"
)

// A broken destination is never a reason for dead letters: the lane waits, looks rarely, and goes
// on by itself.
func TestBrokenDestinationWaitsAndGoesOnByItself(t *testing.T) {
	var broken atomic.Bool
	broken.Store(true)
	far := &bridgetest.Sink{Latency: 10 * time.Millisecond}
	far.Answer = func(int, []*message.Message, []*sink.Failure) *sink.Failure {
		if broken.Load() {
			return &sink.Failure{Class: sink.Configuration, Code: "QueueDoesNotExist"}
		}
		return nil
	}
	inBubble(t, far, func(r *rig) {
		r.deliver(bridgetest.Bodies("x", 100)...)
		bridgetest.Pass(time.Hour)
		if began, ended := r.health.Told(laneKey); began != 1 || ended != 0 {
			t.Errorf("told %d times, and %d of the end", began, ended)
		}
		if n := len(far.Requests()); n < 200 || n > 1000 {
			t.Errorf("%d requests in an hour", n)
		}
		if got := r.writer.Values(); len(got) != 0 {
			t.Errorf("dead letters %v", got)
		}
		if len(r.lane.Stranded()) != 1 {
			t.Error("nothing is stranded")
		}
		broken.Store(false)
		bridgetest.Pass(20 * time.Second)
		if began, ended := r.health.Told(laneKey); began != 1 || ended != 1 {
			t.Errorf("told %d times, and %d of the end", began, ended)
		}
		r.settled()
	}, giveUp(time.Second))
}

// What is told of a destination that cannot be opened says whether records wait for it.
func TestBrokenDestinationTellsWhetherRecordsWait(t *testing.T) {
	far := &bridgetest.Sink{AtOpening: func(int) error { return errors.New("no queue") }}
	inBubble(t, far, func(r *rig) {
		bridgetest.Pass(time.Minute)
		if text := r.health.Text(laneKey); text != "the destination cannot be opened: no queue" {
			t.Errorf("with no record: %s", text)
		}
		r.deliver("a")
		bridgetest.Pass(time.Minute)
		if text := r.health.Text(laneKey); text != "the destination cannot be opened and its records wait: no queue" {
			t.Errorf("with a record: %s", text)
		}
	})
}

// A destination that keeps silent is told of when the first request has timed out.
func TestSilenceIsToldAfterTheFirstTimeout(t *testing.T) {
	const timeout = 15 * time.Second
	far := &bridgetest.Sink{Latency: timeout, Answer: func(int, []*message.Message, []*sink.Failure) *sink.Failure {
		return &sink.Failure{Class: sink.Unknown, Code: "timeout"}
	}}
	inBubble(t, far, func(r *rig) {
		r.deliver("a")
		bridgetest.Pass(timeout + time.Second)
		if began, _ := r.health.Told(laneKey); began != 1 {
			t.Errorf("told %d times, want once", began)
		}
	})
}

func TestOneSilentRequestOfManyIsNotTold(t *testing.T) {
	inBubble(t, &bridgetest.Sink{}, func(r *rig) {
		sent := time.Now()
		bridgetest.Pass(15 * time.Second)
		r.lane.mu.Lock()
		r.lane.succeeded(sent, time.Now().Add(-time.Second))
		r.lane.failed(&sink.Failure{Class: sink.Unknown, Code: "timeout"}, false, sent, time.Now())
		r.lane.mu.Unlock()
		if began, _ := r.health.Told(laneKey); began != 0 {
			t.Errorf("told %d times", began)
		}
	})
}

// A destination that fails when its lane ends has not recovered.
func TestCloseIsNoRecovery(t *testing.T) {
	far := &bridgetest.Sink{Latency: time.Millisecond, Answer: func(int, []*message.Message, []*sink.Failure) *sink.Failure {
		return &sink.Failure{Class: sink.Transient, Code: "InternalError"}
	}}
	inBubble(t, far, func(r *rig) {
		r.deliver("a", "b", "c")
		bridgetest.Pass(time.Minute)
		r.lane.Close()
		if began, ended := r.health.Told(laneKey); began != 1 || ended != 0 || r.health.Text(laneKey) != "" {
			t.Errorf("told %d times, and %d of the end; now %q", began, ended, r.health.Text(laneKey))
		}
	})
}

// A destination that takes some entries and is broken for others is broken, and stays so.
func TestPartlyBrokenDestinationIsBroken(t *testing.T) {
	far := &bridgetest.Sink{Latency: time.Millisecond, Answer: func(_ int, batch []*message.Message, results []*sink.Failure) *sink.Failure {
		for i, m := range batch {
			if string(m.Body) == "b" {
				results[i] = &sink.Failure{Class: sink.Configuration, Code: "KmsAccessDenied"}
			}
		}
		return nil
	}}
	inBubble(t, far, func(r *rig) {
		r.deliver("a", "b", "c")
		bridgetest.Pass(time.Minute)
		if began, ended := r.health.Told(laneKey); began != 1 || ended != 0 {
			t.Errorf("told %d times, and %d of the end", began, ended)
		}
		r.deliver("d")
		bridgetest.Pass(time.Minute)
		if began, ended := r.health.Told(laneKey); began != 1 || ended != 0 || far.Sends("d") != 1 {
			t.Errorf("told %d times, and %d of the end; d was sent %d times", began, ended, far.Sends("d"))
		}
	})
}

// After trouble one request at a time goes out, until one is taken.
func TestOneRequestAtATimeGoesOutAfterTrouble(t *testing.T) {
	far := &bridgetest.Sink{Latency: time.Second}
	far.Answer = func(n int, _ []*message.Message, _ []*sink.Failure) *sink.Failure {
		if n < 60 {
			return &sink.Failure{Class: sink.Configuration, Code: "AccessDenied"}
		}
		return nil
	}
	inBubble(t, far, func(r *rig) {
		r.deliver(bridgetest.Bodies("x", 400)...)
		bridgetest.Pass(time.Second)
		first := len(far.Requests())
		far.Seen()
		bridgetest.Pass(time.Minute)
		_, most := far.Seen()
		if n := len(far.Requests()); n <= first || n >= 60 || most != 1 {
			t.Errorf("%d requests after %d, %d at once", n, first, most)
		}
		bridgetest.Pass(time.Hour)
		r.settled()
	}, concurrent(16))
}

// Credentials that expire are renewed by the sink: one more try follows at once.
func TestRenewedCredentialsAreTriedAtOnce(t *testing.T) {
	far := &bridgetest.Sink{Latency: time.Second}
	far.Answer = func(n int, _ []*message.Message, _ []*sink.Failure) *sink.Failure {
		if n <= 4 {
			return &sink.Failure{Class: sink.Credentials, Code: "ExpiredToken"}
		}
		return nil
	}
	inBubble(t, far, func(r *rig) {
		r.deliver(bridgetest.Bodies("x", 40)...)
		bridgetest.Pass(2 * time.Second)
		if n := len(far.Requests()); n != 8 {
			t.Errorf("%d requests", n)
		}
		if began, _ := r.health.Told(laneKey); began != 0 || far.Opened() != 1 {
			t.Errorf("told %d times, opened %d times", began, far.Opened())
		}
		r.settled()
	})
}

// Credentials that stay wrong break the destination after that one try.
func TestWrongCredentialsBreakTheDestination(t *testing.T) {
	far := &bridgetest.Sink{Latency: time.Second, Answer: func(int, []*message.Message, []*sink.Failure) *sink.Failure {
		return &sink.Failure{Class: sink.Credentials, Code: "SignatureDoesNotMatch"}
	}}
	inBubble(t, far, func(r *rig) {
		r.deliver("a")
		bridgetest.Pass(2*time.Second + 20*time.Millisecond)
		if n := len(far.Requests()); n != 2 {
			t.Errorf("%d requests", n)
		}
		if began, _ := r.health.Told(laneKey); began != 1 {
			t.Error("not told")
		}
		bridgetest.Pass(time.Hour)
		if n := len(far.Requests()); n > 1000 {
			t.Errorf("%d requests in an hour", n)
		}
		if got := r.writer.Values(); len(got) != 0 {
			t.Errorf("dead letters %v", got)
		}
	}, giveUp(time.Second))
}

// A request that was out when the destination broke says nothing of it when it is answered late.
func TestLateAnswerDoesNotMendABrokenDestination(t *testing.T) {
	far := &bridgetest.Sink{Latency: time.Second, AtOpening: func(n int) error {
		if n > 1 {
			return &sink.Failure{Class: sink.Configuration, Code: "gone"}
		}
		return nil
	}}
	far.Answer = func(n int, _ []*message.Message, _ []*sink.Failure) *sink.Failure {
		if n == 1 {
			return &sink.Failure{Class: sink.Configuration, Code: "gone"}
		}
		return nil
	}
	inBubble(t, far, func(r *rig) {
		r.deliver(bridgetest.Bodies("x", 10)...)
		bridgetest.Pass(500 * time.Millisecond)
		r.deliver(bridgetest.Bodies("y", 10)...)
		bridgetest.Pass(time.Hour)
		if len(far.Accepted()) != 10 {
			t.Fatalf("accepted %v", far.Accepted())
		}
		if began, ended := r.health.Told(laneKey); began != 1 || ended != 0 {
			t.Errorf("told %d times, and %d of the end", began, ended)
		}
	})
}

// Trouble is what keeps records from flowing: where none waits any more there is none, which is no
// recovery.
func TestTroubleEndsWithAssignment(t *testing.T) {
	for name, f := range map[string]*sink.Failure{
		"transient":     {Class: sink.Transient, Code: "connection"},
		"configuration": {Class: sink.Configuration, Code: "AccessDenied"},
	} {
		t.Run(name, func(t *testing.T) {
			far := &bridgetest.Sink{Latency: 100 * time.Millisecond, Answer: func(int, []*message.Message, []*sink.Failure) *sink.Failure { return f }}
			inBubble(t, far, func(r *rig) {
				r.deliver("a")
				bridgetest.Pass(10 * time.Minute)
				r.part.Close()
				r.lane.Sweep()
				bridgetest.Pass(time.Minute)
				if began, ended := r.health.Told(laneKey); began != 1 || ended != 0 || r.health.Text(laneKey) != "" {
					t.Errorf("told %d times, and %d of the end; now %q", began, ended, r.health.Text(laneKey))
				}
			})
		})
	}
}

// Many lanes may break at once: what waits must not keep Close.
func TestCloseDoesNotWaitForABrokenDestination(t *testing.T) {
	far := &bridgetest.Sink{AtOpening: func(int) error { return &sink.Failure{Class: sink.Configuration, Code: "gone"} }}
	inBubble(t, far, func(r *rig) {
		r.deliver("a")
		bridgetest.Pass(time.Minute)
		r.lane.Close()
		synctest.Wait()
		n := far.Opened()
		bridgetest.Pass(time.Hour)
		if far.Opened() != n {
			t.Error("opened after Close")
		}
	})
}
