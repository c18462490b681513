package bridge

import "github.com/twmb/franz-go/pkg/kgo"

// charge is what counts against a window.
type charge struct{ records, bytes int64 }

// Keep returns copies of records that are not registered yet, out of the memory of their fetch, and
// counts them in the window until they are Taken, or the partition is closed.
func (p *Partition) Keep(records []*kgo.Record) []*kgo.Record {
	kept := make([]*kgo.Record, len(records))
	for i, r := range records {
		kept[i] = cloneRecord(r)
	}
	p.keep(chargeOf(records), 1)
	return kept
}

// Taken says that kept records are registered.
func (p *Partition) Taken(records []*kgo.Record) {
	p.keep(chargeOf(records), -1)
}

// keep counts c once more, or once less.
func (p *Partition) keep(c charge, times int64) {
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
		c.bytes += recordCharge(r)
	}
	return c
}

// keep counts what waits to be registered, once more or once less.
func (w *Window) keep(c charge, times int64) {
	w.aside.Add(times * c.bytes)
	w.asideRecords.Add(times * c.records)
	if times < 0 {
		w.release(c.records, c.bytes)
		return
	}
	w.add(c.records, c.bytes)
}

const (
	// recordOverhead is what a record costs in memory besides its bytes, about: its own structure,
	// what its messages say of it, and its place in the partition.
	recordOverhead = 512
	// deliveryOverhead is what a delivery costs besides its message, about: its structure, its place
	// in queues, and what a queue by message group has for each.
	deliveryOverhead = 1024
)

// recordCharge returns what a record counts without its deliveries, which all refer to it, or to one
// copy of it.
func recordCharge(r *kgo.Record) int64 { return recordOverhead + payload(r) }

// payload returns the bytes of a record.
func payload(r *kgo.Record) int64 {
	n := len(r.Key) + len(r.Value)
	for _, h := range r.Headers {
		n += len(h.Key) + len(h.Value)
	}
	return int64(n)
}

// letterCharge returns what a dead letter counts: the record once more, in the request that carries it.
func letterCharge(r *kgo.Record) int64 { return deliveryOverhead + payload(r) }

// messageCharge returns what the delivery of a message counts, of which so many bytes of body are its
// own: those, the texts of its attributes, and all of it once more in the request that carries it. That
// of SNS is a form, which has three bytes for each but letters and digits: JSON gets nearly twice as long.
func messageCharge(m *Message, own int, service string) int64 {
	request := m.Size
	if service == "sns" {
		request *= 2
	}
	return deliveryOverhead + int64(m.Size-len(m.Body)+own+request)
}
