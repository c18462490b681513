package offsets

import (
	"github.com/twmb/franz-go/pkg/kgo"

	"github.com/sluice-bridge/sluice/bridge/memory"
)

// charge is what counts against a window.
type charge struct{ records, bytes int64 }

// keep returns copies of records, out of the memory of their fetch, and counts them in the window until they are taken or
// the assignment is closed.
func (p *Tracker) keep(records []*kgo.Record) []*kgo.Record {
	kept := make([]*kgo.Record, len(records))
	for i, r := range records {
		kept[i] = memory.Clone(r)
	}
	p.count(chargeOf(records), 1)
	return kept
}

// handedBytes is about what a record takes that comes beside the polls, beside its bytes and those that are made of it.
const handedBytes = 1 << 10

// Portion returns how many of records there is room for that are in memory already: one at least where none is in flight.
func (p *Tracker) Portion(records []*kgo.Record) int {
	n := p.window.Batch(len(records))
	_, free := p.window.Bytes()
	for i, r := range records[:max(n, 0)] {
		if free -= handedBytes + 2*memory.Payload(r); free < 0 {
			n = i
			break
		}
	}
	if held, _ := p.Held(); held == 0 {
		n = max(n, 1)
	}
	return n
}

// count counts c once more, or once less.
func (p *Tracker) count(c charge, times int64) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.closed.Load() {
		return
	}
	p.kept.records += times * c.records
	p.kept.bytes += times * c.bytes
	p.window.keep(c, times)
}

func chargeOf(records []*kgo.Record) (c charge) {
	for _, r := range records {
		c.records++
		c.bytes += RecordCharge(r)
	}
	return c
}

// keep counts what waits to be registered, once more or once less.
func (w *Window) keep(c charge, times int64) {
	w.aside.Add(times * c.bytes)
	w.asideRecords.Add(times * c.records)
	if times < 0 {
		w.Release(c.records, c.bytes)
		return
	}
	w.Hold(c.records, c.bytes)
}

// RecordOverhead is what a record costs in memory besides its bytes, about: its own structure,
// what its messages say of it, and its place in the partition.
const RecordOverhead = 512

// RecordCharge returns what a record counts without its deliveries, which all refer to it, or to one
// copy of it.
func RecordCharge(r *kgo.Record) int64 { return RecordOverhead + memory.Payload(r) }
