package bridge

import (
	"context"
	"strings"
	"testing"
	"time"
)

// Messages of dead letters are made no faster than they leave, and none is forgotten.
func TestLettersWaitUnbuilt(t *testing.T) {
	inBubble(t, &fakeSink{}, func(r *rig) {
		held := make(chan struct{})
		open := &fakeSink{open: func(int) error {
			select {
			case <-held:
				return nil
			default:
				return context.DeadlineExceeded
			}
		}, limits: Limits{MaxMessageBytes: 4 << 20, MaxBatchBytes: 4 << 20}}
		lane := r.newLane(open)
		defer lane.Close()
		r.letters.ToLane(lane)
		large := strings.Repeat("x", 1<<20)
		for range 20 {
			r.letters.bury(r.delivery(large), "d", ReasonRejected, &Failure{Code: "c"})
		}
		pass(time.Second)
		if n := lane.Queued(); n < 4 || n*(4<<20)/3 > mostBuilt {
			t.Errorf("%d letters of a MiB are made", n)
		}
		close(held)
		pass(time.Minute)
		r.settled()
		if n := len(open.accepted()); n != 20 {
			t.Errorf("%d of 20 letters left", n)
		}
		if r.letters.built != 0 {
			t.Errorf("%d bytes of letters are held", r.letters.built)
		}
	})
}

// An assignment that ends takes along the letters that were not made yet.
func TestUnbuiltLettersEndWithAssignment(t *testing.T) {
	inBubble(t, &fakeSink{}, func(r *rig) {
		lane := r.newLane(&fakeSink{open: func(int) error { return context.DeadlineExceeded }})
		defer lane.Close()
		r.letters.ToLane(lane)
		for range 20 {
			r.letters.bury(r.delivery(strings.Repeat("x", 1<<20)), "d", ReasonRejected, &Failure{Code: "c"})
		}
		pass(time.Second)
		r.part.Close()
		lane.Sweep()
		r.letters.sweep()
		pass(time.Second)
		if n := lane.Queued() + r.letters.pending.len(); n != 0 || r.letters.built != 0 {
			t.Errorf("%d letters wait, of %d bytes", n, r.letters.built)
		}
	})
}

// Letters that their destination does not take, however many, leave room for others.
func TestRefusedLettersLeaveRoom(t *testing.T) {
	far := &fakeSink{limits: Limits{MaxMessageBytes: 1 << 20, MaxBatchBytes: 1 << 20}}
	inBubble(t, far, func(r *rig) {
		r.letters.ToLane(r.lane)
		for range 10 {
			r.letters.bury(r.delivery(strings.Repeat("x", 1<<20)), "other", ReasonRejected, &Failure{Code: "c"})
		}
		r.letters.bury(r.delivery("small"), "other", ReasonRejected, &Failure{Code: "c"})
		pass(time.Minute)
		if n := len(far.accepted()); n != 1 {
			t.Errorf("%d letters left", n)
		}
		far.setLimits(4<<20, 4<<20)
		pass(time.Minute)
		r.settled()
		if n := len(far.accepted()); n != 11 || r.letters.built != 0 {
			t.Errorf("%d letters left, %d bytes of letters are held", n, r.letters.built)
		}
	})
}
