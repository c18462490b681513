package delivery

import (
	"context"
	"slices"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/sluice-bridge/sluice/bridge/bridgetest"
	"github.com/sluice-bridge/sluice/bridge/message"
	"github.com/sluice-bridge/sluice/bridge/sink"
)

// Each retry comes within the bound of its number, which doubles up to the maximum, and none at once.
func TestRetriesKeepToTheirBounds(t *testing.T) {
	var bounds []time.Duration
	for _, ms := range []int{100, 200, 400, 800, 1600, 2000, 2000, 2000} {
		bounds = append(bounds, time.Duration(ms)*time.Millisecond)
	}
	longest := make([]time.Duration, len(bounds))
	for range 100 {
		far := &bridgetest.Sink{Answer: func(n int, _ []*message.Message, _ []*sink.Failure) *sink.Failure {
			if n <= len(bounds) {
				return &sink.Failure{Class: sink.Unknown, Code: "timeout"}
			}
			return nil
		}}
		inBubble(t, far, func(r *rig) {
			r.deliver("a")
			bridgetest.Pass(time.Hour)
			r.settled()
			for i, bound := range bounds {
				wait := far.Calls[i+1].At.Sub(far.Calls[i].At)
				// From the second failure in a row on, the lane as a whole may pause as well.
				if wait <= 0 || wait > max(bound, 3*time.Second/2) {
					t.Errorf("retry %d after %v", i+1, wait)
				}
				longest[i] = max(longest[i], wait)
			}
		}, func(o *LaneOptions) { o.Retry.Max = 2 * time.Second })
	}
	for i, bound := range bounds {
		if longest[i] < bound*8/10 {
			t.Errorf("retry %d within %v, not up to %v", i+1, longest[i], bound)
		}
	}
}

// What fails is given up on at the first failure from give_up_after on, and not before.
func TestGiveUpComesWithTheFirstFailureAfterItsTime(t *testing.T) {
	far := &bridgetest.Sink{Answer: func(int, []*message.Message, []*sink.Failure) *sink.Failure {
		return &sink.Failure{Class: sink.Transient, Code: "InternalError"}
	}}
	inBubble(t, far, func(r *rig) {
		began := time.Now()
		r.deliver("a")
		bridgetest.Pass(time.Hour)
		last := far.Calls[len(far.Calls)-1].At.Sub(began)
		before := far.Calls[len(far.Calls)-2].At.Sub(began)
		if last < 10*time.Second || before >= 10*time.Second || last > 14*time.Second {
			t.Errorf("the last two tries after %v and %v", before, last)
		}
		if got := r.writer.Values(); len(got) != 1 {
			t.Errorf("dead letters %v", got)
		}
		r.settled()
	}, giveUp(10*time.Second), func(o *LaneOptions) { o.Retry.Max = 2 * time.Second })
}

// A revocation in mid-send: a flush sends what lingers, the drain ends with the last answer, and what
// the assignment has committed then is everything.
func TestRevocationInMidSendCommitsEverything(t *testing.T) {
	inBubble(t, &bridgetest.Sink{Latency: 3 * time.Second}, func(r *rig) {
		r.deliver(bridgetest.Bodies("x", 13)...) // ten leave at once, three linger
		bridgetest.Pass(time.Second)
		began := time.Now()
		r.lane.Flush()
		if !r.part.Drain(context.Background()) || time.Since(began) != 3*time.Second {
			t.Errorf("drained after %v, want 3 s", time.Since(began))
		}
		if r.part.Committable().Offset != 13 {
			t.Errorf("mark %d", r.part.Committable().Offset)
		}
		r.part.Close()
		r.settled()
	}, func(o *LaneOptions) { o.Linger = time.Minute })
}

// A drain that is not given the time says so when that is over; what is answered late counts no more.
func TestDrainSaysWhenItsTimeIsOver(t *testing.T) {
	inBubble(t, &bridgetest.Sink{Latency: 10 * time.Second}, func(r *rig) {
		r.deliver(bridgetest.Bodies("x", 25)...)
		r.lane.Flush()
		ctx, cancel := context.WithTimeout(context.Background(), 4*time.Second)
		defer cancel()
		began := time.Now()
		if r.part.Drain(ctx) || time.Since(began) != 4*time.Second {
			t.Errorf("drained after %v, want none after 4 s", time.Since(began))
		}
		r.part.Close()
		r.lane.Sweep()
		bridgetest.Pass(time.Minute)
		if records, bytes := r.window.Held(); r.part.Committable().Offset != 0 || records != 0 || bytes != 0 || len(r.far.Accepted()) != 25 {
			t.Errorf("mark %d, %d records, %d bytes, %d accepted late", r.part.Committable().Offset, records, bytes, len(r.far.Accepted()))
		}
	})
}

// A broken destination is looked at again at random times of up to a bound that doubles, to a quarter of
// a minute, and sends at once when it opens.
func TestBrokenDestinationIsReopenedEverMoreRarely(t *testing.T) {
	var broken atomic.Bool
	broken.Store(true)
	far := &bridgetest.Sink{AtOpening: func(int) error {
		if broken.Load() {
			return &sink.Failure{Class: sink.Configuration, Code: "AccessDenied"}
		}
		return nil
	}}
	inBubble(t, far, func(r *rig) {
		r.deliver("a")
		bridgetest.Pass(time.Hour)
		far.Mu.Lock()
		openings := slices.Clone(far.Openings)
		far.Mu.Unlock()
		for i, at := range openings[1:] {
			bound := min(time.Second<<min(i, 10), reopening.Max)
			if wait := at.Sub(openings[i]); wait <= 0 || wait > bound {
				t.Errorf("opening %d after %v of %v", i+1, wait, bound)
			}
		}
		broken.Store(false)
		n := far.Opened()
		for far.Opened() == n {
			bridgetest.Pass(time.Millisecond)
		}
		synctest.Wait()
		if calls := far.Calls; len(calls) != 1 || calls[0].At != far.Openings[n] {
			t.Errorf("%d requests; it opened at %v", len(calls), far.Openings[n])
		}
		r.settled()
	})
}
