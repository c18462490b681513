package delivery

import (
	"context"
	"strings"
	"testing"
	"time"

	"github.com/sluice-bridge/sluice/bridge/bridgetest"
	"github.com/sluice-bridge/sluice/bridge/message"
	"github.com/sluice-bridge/sluice/bridge/sink"
)

// Messages of dead letters are made no faster than they leave, and none is forgotten.
func TestLettersAreBuiltNoFasterThanTheyLeave(t *testing.T) {
	inBubble(t, &bridgetest.Sink{}, func(r *rig) {
		held := make(chan struct{})
		open := &bridgetest.Sink{AtOpening: func(int) error {
			select {
			case <-held:
				return nil
			default:
				return context.DeadlineExceeded
			}
		}, Limits: sink.Limits{MaxMessageBytes: 4 << 20, MaxBatchBytes: 4 << 20}}
		lane := r.newLane(open)
		defer lane.Close()
		r.letters.ToLane(lane)
		large := strings.Repeat("x", 1<<20)
		for range 20 {
			r.letters.Take(r.delivery(large), "d", message.ReasonRejected, &sink.Failure{Code: "c"})
		}
		bridgetest.Pass(time.Second)
		if n := lane.Queued(); n < 4 || n*(4<<20)/3 > mostBuilt {
			t.Errorf("%d letters of a MiB are made", n)
		}
		close(held)
		bridgetest.Pass(time.Minute)
		r.settled()
		if n := len(open.Accepted()); n != 20 {
			t.Errorf("%d of 20 letters left", n)
		}
		if r.letters.built != 0 {
			t.Errorf("%d bytes of letters are held", r.letters.built)
		}
	})
}

// An assignment that ends takes along the letters that were not made yet.
func TestUnbuiltLettersEndWithAssignment(t *testing.T) {
	inBubble(t, &bridgetest.Sink{}, func(r *rig) {
		lane := r.newLane(&bridgetest.Sink{AtOpening: func(int) error { return context.DeadlineExceeded }})
		defer lane.Close()
		r.letters.ToLane(lane)
		for range 20 {
			r.letters.Take(r.delivery(strings.Repeat("x", 1<<20)), "d", message.ReasonRejected, &sink.Failure{Code: "c"})
		}
		bridgetest.Pass(time.Second)
		r.part.Close()
		lane.Sweep()
		r.letters.Sweep()
		bridgetest.Pass(time.Second)
		if n := lane.Queued() + r.letters.pending.Len(); n != 0 || r.letters.built != 0 {
			t.Errorf("%d letters wait, of %d bytes", n, r.letters.built)
		}
	})
}

// Letters that their destination does not take, however many, leave room for others.
func TestRefusedLettersLeaveRoom(t *testing.T) {
	far := &bridgetest.Sink{Limits: sink.Limits{MaxMessageBytes: 1 << 20, MaxBatchBytes: 1 << 20}}
	inBubble(t, far, func(r *rig) {
		r.letters.ToLane(r.lane)
		for range 10 {
			r.letters.Take(r.delivery(strings.Repeat("x", 1<<20)), "other", message.ReasonRejected, &sink.Failure{Code: "c"})
		}
		r.letters.Take(r.delivery("small"), "other", message.ReasonRejected, &sink.Failure{Code: "c"})
		bridgetest.Pass(time.Minute)
		if n := len(far.Accepted()); n != 1 {
			t.Errorf("%d letters left", n)
		}
		far.SetLimits(4<<20, 4<<20)
		bridgetest.Pass(time.Minute)
		r.settled()
		if n := len(far.Accepted()); n != 11 || r.letters.built != 0 {
			t.Errorf("%d letters left, %d bytes of letters are held", n, r.letters.built)
		}
	})
}
