package delivery

import (
	"sync"
	"testing"

	"github.com/twmb/franz-go/pkg/kgo"

	"github.com/sluice-bridge/sluice/bridge/memory"
)

// Deliveries that wait in several lanes at once have one copy of their record, which outlives none.
func TestDeliveriesShareOneCopyOfTheirRecord(t *testing.T) {
	for range 100 {
		r := &kgo.Record{Topic: "t", Key: []byte("key"), Value: []byte(`{"a":[1,2]}`), Headers: []kgo.RecordHeader{{Key: "h", Value: []byte("header")}}}
		made := []byte("made for this one")
		bodies := [][]byte{r.Value, r.Value[5:10], r.Key, r.Headers[0].Value[2:], made}
		var placed []*Delivery
		for _, b := range bodies {
			d := New()
			d.Record, d.Message.Body = r, b
			placed = append(placed, d)
		}
		shared := NewCopies(len(placed))
		for i := range placed {
			placed[i].Copies = shared
		}
		var all sync.WaitGroup
		for _, p := range placed {
			all.Go(p.own)
		}
		all.Wait()
		for i, p := range placed {
			d := p
			if d.Record != placed[0].Record || d.Record == r {
				t.Fatal("each has a copy of its own")
			}
			if string(d.Message.Body) != string(bodies[i]) || memory.PartOf(d.Message.Body, r) || memory.PartOf(d.Message.Body, d.Record) == (i == 4) {
				t.Fatalf("the body of %d: %q", i, d.Message.Body)
			}
		}
		if &placed[4].Message.Body[0] != &made[0] {
			t.Error("a body with memory of its own is copied")
		}
		for i, p := range placed {
			if shared.record == nil {
				t.Fatalf("the copy went before delivery %d", i)
			}
			p.Free()
		}
		if shared.record != nil {
			t.Fatal("the copy is kept when all are gone")
		}
	}
}
