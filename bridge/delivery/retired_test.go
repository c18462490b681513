package delivery

import (
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/sluice-bridge/sluice/bridge/bridgetest"
	"github.com/sluice-bridge/sluice/bridge/message"
	"github.com/sluice-bridge/sluice/bridge/sink"
)

// What a retired lane has left becomes less with each delivery that leaves, requests that are out
// included, and nothing else changes it.
func TestWhatIsLeftFallsWithEachDelivery(t *testing.T) {
	for name, change := range map[string]func(*LaneOptions){"standard": func(*LaneOptions) {}, "FIFO": fifo, "batched": batched} {
		t.Run(name, func(t *testing.T) {
			far := &bridgetest.Sink{Latency: time.Second}
			far.Answer = func(n int, batch []*message.Message, results []*sink.Failure) *sink.Failure {
				if n <= 20 {
					for i := range batch {
						results[i] = &sink.Failure{Class: sink.Transient, Code: "InternalError"}
					}
				}
				return nil
			}
			inBubble(t, far, func(r *rig) {
				r.deliver("g:1", "g:2", "h:1", "i:1", "j:1")
				idle := r.lane.Retire()
				least := r.lane.Left().Held
				if least != 5 {
					t.Errorf("%d deliveries held of 5", least)
				}
				for range 100 {
					bridgetest.Pass(500 * time.Millisecond)
					held := r.lane.Left().Held
					if accepted := len(far.Accepted()); held != 5-accepted {
						t.Fatalf("%d deliveries held, and %d accepted, of 5", held, accepted)
					}
				}
				select {
				case <-idle:
				default:
					t.Errorf("not idle with %d deliveries left", r.lane.Left().Held)
				}
				r.settled()
			}, change)
		})
	}
}

// A retired lane is failing where its destination takes nothing, whatever the failure, but for one that
// only asks for less.
func TestRetiredLaneFailsWhereNothingIsTaken(t *testing.T) {
	for class, failing := range map[sink.Class]bool{
		sink.Throttled: false, sink.Transient: true, sink.Unknown: true, sink.Configuration: true, sink.Credentials: true,
	} {
		t.Run(class.String(), func(t *testing.T) {
			far := &bridgetest.Sink{Latency: 10 * time.Millisecond, Answer: func(int, []*message.Message, []*sink.Failure) *sink.Failure {
				return &sink.Failure{Class: class, Code: "c"}
			}}
			inBubble(t, far, func(r *rig) {
				r.deliver("g:1", "h:1")
				r.lane.Retire()
				bridgetest.Pass(2 * patience)
				if left := r.lane.Left(); left.Failing != failing || left.Behind || left.Held != 2 {
					t.Errorf("%+v, want failing: %v", left, failing)
				}
				for range 100 { // a request may be out
					if len(r.lane.Waiting()) > 0 {
						break
					}
					bridgetest.Pass(time.Millisecond)
				}
				if parts := r.lane.Waiting(); len(parts) != 1 || parts[0] != r.part {
					t.Errorf("%d assignments wait", len(parts))
				}
				r.part.Close()
				bridgetest.Pass(time.Second)
				r.lane.Sweep()
				bridgetest.Pass(time.Second)
				if left := r.lane.Left(); left.Held != 0 || len(r.lane.Waiting()) != 0 {
					t.Errorf("%+v of an assignment that has ended", left)
				}
			}, fifo)
		})
	}
}

// Dead letters that their destination refuses for what they are wait there for ever, though it works, and what follows
// them in their message groups waits with them.
func TestRefusedLettersHoldUpARetiredLane(t *testing.T) {
	far := &bridgetest.Sink{Answer: func(_ int, batch []*message.Message, results []*sink.Failure) *sink.Failure {
		for i, m := range batch {
			if !strings.HasSuffix(string(m.Body), "good") {
				results[i] = &sink.Failure{Class: sink.Poison, Code: "InvalidMessageContents"}
			}
		}
		return nil
	}}
	for name, c := range map[string]struct {
		change func(*LaneOptions)
		held   int
	}{"standard": {func(*LaneOptions) {}, 1}, "FIFO": {fifo, 2}} {
		t.Run(name, func(t *testing.T) {
			inBubble(t, far, func(r *rig) {
				for _, body := range []string{"g:bad", "g:good", "h:good"} {
					d := r.delivery(body)
					d.letter = message.ReasonUnmatched
					r.lane.Add([]*Delivery{d}, time.Now())
				}
				r.lane.Retire()
				bridgetest.Pass(time.Minute)
				if left := r.lane.Left(); !left.Failing || left.Held != c.held {
					t.Errorf("%+v, want %d held", left, c.held)
				}
			}, c.change)
		})
	}
}

// What stands in front of a refused dead letter in its message group does not wait for it: it goes when its destination
// takes more.
func TestRefusedLetterHoldsUpNothingInFrontOfIt(t *testing.T) {
	far := &bridgetest.Sink{Answer: func(_ int, batch []*message.Message, results []*sink.Failure) *sink.Failure {
		for i, m := range batch {
			results[i] = &sink.Failure{Class: sink.Throttled, Code: "RequestThrottled"}
			if strings.HasSuffix(string(m.Body), "bad") {
				results[i] = &sink.Failure{Class: sink.Poison, Code: "InvalidMessageContents"}
			}
		}
		return nil
	}}
	inBubble(t, far, func(r *rig) {
		first, bad := r.delivery("g:first"), r.delivery("g:bad")
		bad.letter = message.ReasonUnmatched
		r.lane.Add([]*Delivery{first, bad}, time.Now())
		r.lane.Retire()
		for range 100 {
			bridgetest.Pass(500 * time.Millisecond)
			if left := r.lane.Left(); left.Failing || left.Held != 2 {
				r.t.Fatalf("%+v, of which one may go", left)
			}
		}
	}, batched)
}

// After an outage a retired lane does not wait out the pause of a message that has failed often:
// another lane waits for it.
func TestRetiredLaneRetriesSoonAfterAnOutage(t *testing.T) {
	var down atomic.Bool
	down.Store(true)
	far := &bridgetest.Sink{Latency: time.Millisecond, Answer: func(int, []*message.Message, []*sink.Failure) *sink.Failure {
		if down.Load() {
			return &sink.Failure{Class: sink.Transient, Code: "ServiceUnavailable"}
		}
		return nil
	}}
	inBubble(t, far, func(r *rig) {
		r.deliver("g:1", "h:1", "i:1")
		bridgetest.Pass(10 * time.Minute)
		r.lane.Retire()
		bridgetest.Pass(3 * time.Second)
		down.Store(false)
		bridgetest.Pass(3 * shortWait)
		r.settled()
	}, fifo)
}
