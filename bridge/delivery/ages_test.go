package delivery

import (
	"strings"
	"testing"
	"time"

	"github.com/sluice-bridge/sluice/bridge/bridgetest"
	"github.com/sluice-bridge/sluice/bridge/message"
	"github.com/sluice-bridge/sluice/bridge/sink"
)

// What leaves soon is not copied. What a destination is slow to take refers to no fetch, and neither
// does what comes while it is slow.
func TestSlowDestinationPinsNoFetch(t *testing.T) {
	latency := func(d time.Duration) *bridgetest.Sink { return &bridgetest.Sink{Latency: d} }
	pinned := func(r *rig) (n int) {
		r.lane.mu.Lock()
		defer r.lane.mu.Unlock()
		r.lane.queue.each(func(d *Delivery) {
			if !d.owned {
				n++
			}
		})
		return n
	}
	t.Run("fast", func(t *testing.T) {
		inBubble(t, latency(40*time.Millisecond), func(r *rig) {
			for range 100 {
				r.deliver(strings.Split(strings.Repeat("a,", 30), ",")[:30]...)
				if queued, n := r.lane.Queued(), pinned(r); n != queued {
					t.Fatalf("%d of %d are copied", queued-n, queued)
				}
				bridgetest.Pass(50 * time.Millisecond)
			}
			bridgetest.Pass(time.Minute)
			r.settled()
		})
	})
	t.Run("slow", func(t *testing.T) {
		inBubble(t, latency(8*time.Second), func(r *rig) {
			bridgetest.Pass(time.Second)
			r.deliver(strings.Split(strings.Repeat("a,", 60), ",")[:60]...) // ten in each of two requests
			bridgetest.Pass(2 * staleAfter)
			if queued, n := r.lane.Queued(), pinned(r); n > 0 || queued == 0 {
				t.Errorf("%d of %d that wait keep a fetch", n, queued)
			}
			r.deliver("b", "c")
			if n := pinned(r); n > 0 {
				t.Errorf("%d of what came later keep a fetch", n)
			}
			bridgetest.Pass(time.Hour)
			r.settled()
			r.deliver("d")
			if n := pinned(r); n != 1 {
				t.Error("it is copied where nothing is out")
			}
			bridgetest.Pass(time.Minute)
		})
	})
	t.Run("throttled", func(t *testing.T) {
		far := latency(time.Millisecond)
		far.Answer = func(int, []*message.Message, []*sink.Failure) *sink.Failure {
			return &sink.Failure{Class: sink.Throttled, Code: "Throttling"}
		}
		inBubble(t, far, func(r *rig) {
			for range 50 {
				r.deliver("a", "b", "c")
				bridgetest.Pass(2 * staleAfter)
				if n := pinned(r); n > 0 {
					t.Fatalf("%d that wait for their turn keep a fetch", n)
				}
			}
		}, concurrent(1))
	})
}
