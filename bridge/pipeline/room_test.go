package pipeline

import (
	"strings"
	"testing"
	"time"

	"github.com/sluice-bridge/sluice/bridge/bridgetest"
	"github.com/sluice-bridge/sluice/bridge/delivery"
	"github.com/sluice-bridge/sluice/bridge/offsets"
)

// The window ends what is taken, though one record passes that is larger; what is left is taken when
// the destination has caught up.
func TestAcceptStopsAtWindow(t *testing.T) {
	far := &bridgetest.Sink{Latency: time.Hour}
	inTestbed(t, far, func(r *testbed) {
		r.window = offsets.NewWindow(1000, 100<<10)
		r.part = offsets.NewTracker("t", 0, r.part.Origin, r.window)
		p := r.newPipeline(t, sendAll(t))
		large := strings.Repeat("x", 300<<10)
		records := r.records(large, large)
		if n, _ := p.Accept(r.part, records); n != 1 {
			t.Errorf("%d of two records larger than the window are taken", n)
		}
		if n, _ := p.Accept(r.part, records[1:]); n != 0 {
			t.Errorf("%d are taken beside it", n)
		}
		bridgetest.Pass(2 * time.Hour)
		small := r.records(strings.Split(strings.Repeat(strings.Repeat("x", 8<<10)+",", 20), ",")[:20]...)
		n, _ := p.Accept(r.part, small)
		if _, bytes := r.window.Held(); n < 3 || n > 6 || bytes > 130<<10 {
			t.Errorf("%d records of 8 KiB, %d bytes", n, bytes)
		}
		p.Flush()
		bridgetest.Pass(2 * time.Hour)
		if m, _ := p.Accept(r.part, small[n:]); m != n {
			t.Errorf("%d are taken when there is room, and %d were before", m, n)
		}
	}, func(o *delivery.LaneOptions) { o.RequestTimeout = 2 * time.Hour })
}

// However much one read brings, a quarter is left to others; and one that has nothing in flight gets a record in,
// whatever waits.
func TestAcceptLeavesRoomToOthers(t *testing.T) {
	far := &bridgetest.Sink{Latency: time.Hour}
	inTestbed(t, far, func(r *testbed) {
		r.window = offsets.NewWindow(1000, 100<<10)
		p := r.newPipeline(t, sendAll(t))
		of := func(id int32) *offsets.Tracker { return offsets.NewTracker("t", id, r.part.Origin, r.window) }
		records := r.records(strings.Split(strings.Repeat(strings.Repeat("x", 1<<10)+",", 100), ",")[:100]...)
		stuck, other, third := of(0), of(1), of(2)
		n, _ := p.Accept(stuck, records)
		if _, bytes := r.window.Held(); n == 100 || bytes < 70<<10 || bytes > 80<<10 || !stuck.Full() {
			t.Errorf("%d records are taken, %d bytes", n, bytes)
		}
		if n, _ = p.Accept(other, records[:2]); n != 2 {
			t.Errorf("%d of another are taken", n)
		}
		waiting := offsets.NewWaiting(other)
		waiting.Add(records[:1:1])
		fits := waiting.Fits()
		waiting.Add(records[1:])
		if waiting.Fits() || !fits {
			t.Error("what may wait leaves nothing, or nothing may")
		}
		waiting.Keep()
		if n, _ = p.Accept(third, records); n != 1 || !third.Full() {
			t.Errorf("%d of a third are taken", n)
		}
	}, func(o *delivery.LaneOptions) { o.RequestTimeout = 2 * time.Hour })
}
