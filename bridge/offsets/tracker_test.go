package offsets

import (
	"context"
	"testing"
	"testing/synctest"
	"time"

	"pgregory.net/rapid"

	"github.com/sluice-bridge/sluice/bridge/offsets/progress"
)

func testPartition() (*Tracker, *Window) {
	w := NewWindow(1<<20, 1<<40)
	return NewTracker("t", 3, TopicIdentity{}, w), w
}

func (p *Tracker) mustRegister(t interface{ Fatal(...any) }, batch ...Entry) uint64 {
	seq, ok := p.Register(batch)
	if !ok {
		t.Fatal("refused")
	}
	return seq
}

// Kafka leaves gaps between offsets: the mark is past the last settled record, whatever follows.
func TestMarkPassesGapsBetweenOffsets(t *testing.T) {
	p, _ := testPartition()
	seq := p.mustRegister(t, Entry{Offset: 2, Epoch: 7, Pending: 1}, Entry{Offset: 10, Epoch: 8, Pending: 1}, Entry{Offset: 11, Epoch: 8, Pending: 1})
	p.Settle(seq+1, 0)
	if m := p.Committable(); m.Offset != 2 {
		t.Fatalf("mark %v with an earlier record open", m)
	}
	p.Settle(seq, 0)
	if m := p.Committable(); m != (Position{11, 8}) {
		t.Fatalf("mark %v", m)
	}
}

func TestRecordSettlesWithItsLastDelivery(t *testing.T) {
	p, w := testPartition()
	seq := p.mustRegister(t, Entry{Offset: 0, Pending: 2, Bytes: 10})
	p.Settle(seq, 0)
	if records, bytes := w.Held(); p.Committable().Offset > 0 || records != 1 || bytes != 10 {
		t.Fatalf("mark %v, %d records, %d bytes after one of two", p.Committable(), records, bytes)
	}
	p.Settle(seq, 0)
	if records, bytes := w.Held(); p.Committable().Offset != 1 || records != 0 || bytes != 0 {
		t.Fatalf("mark %v, %d records, %d bytes", p.Committable(), records, bytes)
	}
}

// Records without deliveries settle at once, but not before those ahead of them.
func TestRecordWithoutDeliveriesSettlesInItsTurn(t *testing.T) {
	p, w := testPartition()
	seq := p.mustRegister(t, Entry{Offset: 0, Bytes: 5}, Entry{Offset: 1, Pending: 1, Bytes: 5}, Entry{Offset: 2, Bytes: 5})
	if m := p.Committable(); m.Offset != 1 {
		t.Fatalf("mark %v", m)
	}
	if records, bytes := w.Held(); records != 2 || bytes != 5 {
		t.Fatalf("%d records, %d bytes", records, bytes)
	}
	p.Settle(seq+1, 0)
	if m := p.Committable(); m.Offset != 3 {
		t.Fatalf("mark %v", m)
	}
}

func TestClosedPartitionHoldsNothing(t *testing.T) {
	p, w := testPartition()
	seq := p.mustRegister(t, Entry{Offset: 0, Pending: 1, Bytes: 5}, Entry{Offset: 1, Pending: 1, Bytes: 5})
	p.Settle(seq, 0)
	p.Close()
	p.Close()
	if records, bytes := w.Held(); records != 0 || bytes != 0 {
		t.Fatalf("%d records, %d bytes held after the end", records, bytes)
	}
	p.Settle(seq+1, 0)
	if m := p.Committable(); m.Offset != 1 {
		t.Errorf("mark %v moved by a late acknowledgement", m)
	}
	if _, ok := p.Register([]Entry{{Offset: 2}}); ok {
		t.Error("registered after the end")
	}
	if records, bytes := w.Held(); records != 0 || bytes != 0 {
		t.Errorf("%d records, %d bytes", records, bytes)
	}
}

func TestPartitionBeginsAtItsMark(t *testing.T) {
	p, _ := testPartition()
	if p.Committable().Offset != -1 {
		t.Fatal("a mark before anything is known")
	}
	p.Begin(Position{-2, -1}, progress.Progress{}) // a start that only the broker knows
	if p.Committable().Offset >= 0 {
		t.Fatalf("mark %v", p.Committable())
	}
	p.Begin(Position{7, 1}, progress.Progress{})
	if p.Committable() != (Position{7, 1}) {
		t.Fatalf("mark %v", p.Committable())
	}
	seq := p.mustRegister(t, Entry{Offset: 9, Pending: 1})
	p.Settle(seq, 0)
	p.Begin(Position{7, 1}, progress.Progress{})
	if p.Committable().Offset != 10 {
		t.Errorf("begun again at %v", p.Committable())
	}
}

// Where the start was not known, the first record tells it.
func TestPartitionBeginsWithFirstRecord(t *testing.T) {
	p, _ := testPartition()
	p.mustRegister(t, Entry{Offset: 40, Pending: 1})
	if m := p.Committable(); m != (Position{40, -1}) {
		t.Errorf("mark %v", m)
	}
}

// The mark passes what is no more, never what is in flight.
func TestSkipPassesNothingInFlight(t *testing.T) {
	p, _ := testPartition()
	p.Skip(5)
	if m := p.Committable(); m.Offset != NotBegun {
		t.Fatalf("mark %v before a beginning", m)
	}
	p.Begin(Position{2, 7}, progress.Progress{})
	p.Skip(5)
	seq := p.mustRegister(t, Entry{Offset: 6, Epoch: 8, Pending: 1})
	p.Skip(9)
	if m := p.Committable(); m != (Position{5, -1}) {
		t.Fatalf("mark %v with a record in flight", m)
	}
	p.Settle(seq, 0)
	p.Skip(3)
	if m := p.Committable(); m != (Position{7, 8}) {
		t.Fatalf("mark %v", m)
	}
	p.Close()
	p.Skip(9)
	if m := p.Committable(); m.Offset != 7 {
		t.Fatalf("mark %v after the end", m)
	}
}

func TestDrainEndsWithTheLastRecord(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		p, _ := testPartition()
		if !p.Drain(context.Background()) {
			t.Fatal("nothing to drain, and not drained")
		}
		seq := p.mustRegister(t, Entry{Offset: 0, Pending: 1}, Entry{Offset: 1, Pending: 1})
		go func() {
			time.Sleep(time.Second)
			p.Settle(seq+1, 0)
			time.Sleep(time.Second)
			p.Settle(seq, 0)
		}()
		short, cancel := context.WithTimeout(context.Background(), 1500*time.Millisecond)
		defer cancel()
		if p.Drain(short) {
			t.Error("drained with a record open")
		}
		began := time.Now()
		if !p.Drain(context.Background()) || time.Since(began) != 500*time.Millisecond {
			t.Errorf("drained after %v", time.Since(began))
		}
		p.mustRegister(t, Entry{Offset: 2, Pending: 1})
		go func() {
			time.Sleep(time.Second)
			p.Close()
		}()
		if p.Drain(context.Background()) {
			t.Error("drained by the end of the assignment")
		}
		if p.Drain(context.Background()) {
			t.Error("drained after the end")
		}
	})
}

// Against the plainest reference: the mark is never past a record that is open, is past all that
// can be, and the window's books balance.
func TestPartitionAgreesWithItsModel(t *testing.T) {
	type record struct {
		Entry
		seq uint64
	}
	rapid.Check(t, func(t *rapid.T) {
		p, w := testPartition()
		var all []*record
		closed, offset := false, int64(rapid.IntRange(0, 100).Draw(t, "start"))
		frozen := p.Committable()
		t.Repeat(map[string]func(*rapid.T){
			"register": func(t *rapid.T) {
				var batch []Entry
				for range rapid.IntRange(1, 8).Draw(t, "records") {
					batch = append(batch, Entry{Offset: offset, Epoch: int32(offset / 50),
						Pending: int32(rapid.IntRange(0, 3).Draw(t, "pending")), Bytes: int64(rapid.IntRange(0, 9).Draw(t, "bytes"))})
					offset += int64(rapid.IntRange(1, 5).Draw(t, "gap"))
				}
				given := append([]Entry(nil), batch...)
				seq, ok := p.Register(batch)
				if ok == closed {
					t.Fatalf("registered %v, closed %v", ok, closed)
				}
				for i := range given {
					if ok {
						all = append(all, &record{given[i], seq + uint64(i)})
					}
				}
			},
			"settle": func(t *rapid.T) {
				var open []*record
				for _, r := range all {
					if r.Pending > 0 {
						open = append(open, r)
					}
				}
				if len(open) == 0 {
					t.Skip("nothing open")
				}
				r := rapid.SampledFrom(open).Draw(t, "record")
				r.Pending--
				p.Settle(r.seq, 0)
			},
			"close": func(t *rapid.T) {
				if !closed && rapid.IntRange(0, 20).Draw(t, "really") == 0 {
					p.Close()
					closed, frozen = true, p.Committable()
				}
			},
			"": func(t *rapid.T) {
				records, bytes := w.Held()
				if closed {
					if p.Committable() != frozen || records != 0 || bytes != 0 {
						t.Fatalf("mark %v, frozen %v; %d records, %d bytes", p.Committable(), frozen, records, bytes)
					}
					return
				}
				want := Position{-1, -1}
				var wantBytes int64
				i := 0
				for ; i < len(all) && all[i].Pending == 0; i++ {
					want = Position{all[i].Offset + 1, all[i].Epoch}
				}
				if i == 0 && len(all) > 0 {
					want = Position{all[0].Offset, -1}
				}
				for _, r := range all {
					if r.Pending > 0 {
						wantBytes += r.Bytes
					}
				}
				if p.Committable() != want || records != int64(len(all)-i) || bytes != wantBytes {
					t.Fatalf("mark %v, want %v; %d records, want %d; %d bytes, want %d", p.Committable(), want, records, len(all)-i, bytes, wantBytes)
				}
				if r, b := p.Held(); r != records || b != bytes {
					t.Fatalf("the partition holds %d, %d; the window %d, %d", r, b, records, bytes)
				}
			},
		})
	})
}
