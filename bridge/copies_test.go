package bridge

import (
	"sync"
	"testing"

	"github.com/twmb/franz-go/pkg/kgo"
)

// Deliveries that wait in several lanes at once have one copy of their record, which outlives none.
func TestDeliveriesShareCopy(t *testing.T) {
	for range 100 {
		r := &kgo.Record{Topic: "t", Key: []byte("key"), Value: []byte(`{"a":[1,2]}`), Headers: []kgo.RecordHeader{{Key: "h", Value: []byte("header")}}}
		made := []byte("made for this one")
		bodies := [][]byte{r.Value, r.Value[5:10], r.Key, r.Headers[0].Value[2:], made}
		var placed []*delivery
		for _, b := range bodies {
			d := newDelivery()
			d.record, d.message.Body = r, b
			placed = append(placed, d)
		}
		shared := newCopies(len(placed))
		for i := range placed {
			placed[i].copies = shared
		}
		var all sync.WaitGroup
		for _, p := range placed {
			all.Go(p.own)
		}
		all.Wait()
		for i, p := range placed {
			d := p
			if d.record != placed[0].record || d.record == r {
				t.Fatal("each has a copy of its own")
			}
			if string(d.message.Body) != string(bodies[i]) || partOf(d.message.Body, r) || partOf(d.message.Body, d.record) == (i == 4) {
				t.Fatalf("the body of %d: %q", i, d.message.Body)
			}
		}
		if &placed[4].message.Body[0] != &made[0] {
			t.Error("a body with memory of its own is copied")
		}
		for i, p := range placed {
			if shared.record == nil {
				t.Fatalf("the copy went before delivery %d", i)
			}
			p.free()
		}
		if shared.record != nil {
			t.Fatal("the copy is kept when all are gone")
		}
	}
}
