package bridge

import (
	"bytes"
	"context"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/twmb/franz-go/pkg/kgo"
)

// Deliveries that wait in several lanes at once have one copy of their record, which outlives none.
func TestDeliveriesShareCopy(t *testing.T) {
	for range 100 {
		r := &kgo.Record{Topic: "t", Key: []byte("key"), Value: []byte(`{"a":[1,2]}`), Headers: []kgo.RecordHeader{{Key: "h", Value: []byte("header")}}}
		made := []byte("made for this one")
		bodies := [][]byte{r.Value, r.Value[5:10], r.Key, r.Headers[0].Value[2:], made}
		var placed []placement
		for _, b := range bodies {
			d := newDelivery()
			d.record, d.message.Body = r, b
			placed = append(placed, placement{delivery: d})
		}
		share(placed)
		shared := placed[0].delivery.copies
		var all sync.WaitGroup
		for _, p := range placed {
			all.Go(p.delivery.own)
		}
		all.Wait()
		for i, p := range placed {
			d := p.delivery
			if d.record != placed[0].delivery.record || d.record == r {
				t.Fatal("each has a copy of its own")
			}
			if string(d.message.Body) != string(bodies[i]) || partOf(d.message.Body, r) || partOf(d.message.Body, d.record) == (i == 4) {
				t.Fatalf("the body of %d: %q", i, d.message.Body)
			}
		}
		if &placed[4].delivery.message.Body[0] != &made[0] {
			t.Error("a body with memory of its own is copied")
		}
		for i, p := range placed {
			if shared.record == nil {
				t.Fatalf("the copy went before delivery %d", i)
			}
			p.delivery.free()
		}
		if shared.record != nil {
			t.Fatal("the copy is kept when all are gone")
		}
	}
}

// What leaves soon is not copied. What a destination is slow to take refers to no fetch, and neither
// does what comes while it is slow.
func TestSlowDestinationPinsNoFetch(t *testing.T) {
	latency := func(d time.Duration) *fakeSink { return &fakeSink{latency: d} }
	pinned := func(r *rig) (n int) {
		r.lane.mu.Lock()
		defer r.lane.mu.Unlock()
		r.lane.queue.each(func(d *delivery) {
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
				pass(50 * time.Millisecond)
			}
			pass(time.Minute)
			r.settled()
		})
	})
	t.Run("slow", func(t *testing.T) {
		inBubble(t, latency(8*time.Second), func(r *rig) {
			pass(time.Second)
			r.deliver(strings.Split(strings.Repeat("a,", 60), ",")[:60]...) // ten in each of two requests
			pass(2 * staleAfter)
			if queued, n := r.lane.Queued(), pinned(r); n > 0 || queued == 0 {
				t.Errorf("%d of %d that wait keep a fetch", n, queued)
			}
			r.deliver("b", "c")
			if n := pinned(r); n > 0 {
				t.Errorf("%d of what came later keep a fetch", n)
			}
			pass(time.Hour)
			r.settled()
			r.deliver("d")
			if n := pinned(r); n != 1 {
				t.Error("it is copied where nothing is out")
			}
			pass(time.Minute)
		})
	})
	t.Run("throttled", func(t *testing.T) {
		sink := latency(time.Millisecond)
		sink.answer = func(int, []*Message, []*Failure) *Failure { return &Failure{Class: Throttled, Code: "Throttling"} }
		inBubble(t, sink, func(r *rig) {
			for range 50 {
				r.deliver("a", "b", "c")
				pass(2 * staleAfter)
				if n := pinned(r); n > 0 {
					t.Fatalf("%d that wait for their turn keep a fetch", n)
				}
			}
		}, concurrent(1))
	})
}

// The window ends what is taken, though one record passes that is larger; what is left is taken when
// the destination has caught up.
func TestAcceptStopsAtWindow(t *testing.T) {
	sink := &fakeSink{latency: time.Hour}
	inBubble(t, sink, func(r *rig) {
		r.window = NewWindow(1000, 100<<10)
		r.part = NewPartition("t", 0, r.part.Origin, r.window)
		p := r.newPipeline(t, sendAll(t))
		large := strings.Repeat("x", 300<<10)
		records := r.records(large, large)
		if n, _ := p.Accept(r.part, records); n != 1 {
			t.Errorf("%d of two records larger than the window are taken", n)
		}
		if n, _ := p.Accept(r.part, records[1:]); n != 0 {
			t.Errorf("%d are taken beside it", n)
		}
		pass(2 * time.Hour)
		small := r.records(strings.Split(strings.Repeat(strings.Repeat("x", 8<<10)+",", 20), ",")[:20]...)
		n, _ := p.Accept(r.part, small)
		if _, bytes := r.window.Held(); n < 3 || n > 6 || bytes > 130<<10 {
			t.Errorf("%d records of 8 KiB, %d bytes", n, bytes)
		}
		p.Flush()
		pass(2 * time.Hour)
		if m, _ := p.Accept(r.part, small[n:]); m != n {
			t.Errorf("%d are taken when there is room, and %d were before", m, n)
		}
	}, func(o *LaneOptions) { o.RequestTimeout = 2 * time.Hour })
}

// What waits to be registered is counted, and is out of the fetch; it leaves room to go on.
func TestKeepCounts(t *testing.T) {
	w := NewWindow(1000, 100<<10)
	p := NewPartition("t", 0, Origin{}, w)
	value := bytes.Repeat([]byte("v"), 10<<10)
	var records []*kgo.Record
	for range 8 {
		records = append(records, &kgo.Record{Value: value})
	}
	kept := p.Keep(records)
	if n, counted := w.Held(); n != 8 || counted < 80<<10 || counted > 85<<10 {
		t.Errorf("%d records of %d bytes", n, counted)
	}
	if !bytes.Equal(kept[1].Value, value) || partOf(kept[1].Value, records[1]) {
		t.Error("what is kept is in the memory of the fetch")
	}
	if n := w.Batch(100); n > 0 {
		t.Errorf("%d more are read", n)
	}
	if n := w.room(); n <= 0 || n > 25<<10 {
		t.Errorf("%d bytes may be registered", n)
	}
	p.Taken(kept[:1])
	if n, counted := w.Held(); n != 7 || counted > 75<<10 {
		t.Errorf("%d records of %d bytes after one was taken", n, counted)
	}
	p.Close()
	p.Taken(kept[1:])
	if records, counted := w.Held(); records != 0 || counted != 0 || w.room() != 100<<10 {
		t.Errorf("%d records of %d bytes are left", records, counted)
	}
}

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
