package bridge

import (
	"bytes"
	"sync"
	"time"

	"github.com/twmb/franz-go/pkg/kgo"
)

// delivery is one record on its way to one destination. One goroutine owns it at a time: the
// pipeline, then the lane's queue (under the lane's lock), then the goroutine that sends it.
type delivery struct {
	message  Message
	record   *kgo.Record
	part     *Partition
	seq      uint64 // of the record within part
	rule     string // that named the destination; empty for the unmatched policy
	attempts int    // sends so far
	entered  time.Time
	due      time.Time   // not to be sent before, when it waits for a retry
	letter   Reason      // of a delivery that is a dead letter itself; else empty
	batch    *Unreadable // that its dead letter stands for, in the place of a record; else nil
	refused  bool        // a dead letter that its destination has refused
	owned    bool        // refers to no memory of Kafka's fetch buffer
	attrs    [maxAttributes]Attribute
}

var deliveries = sync.Pool{New: func() any { return new(delivery) }}

// newDelivery takes a delivery from the pool; its message's attributes have memory of their own.
func newDelivery() *delivery {
	d := deliveries.Get().(*delivery)
	d.message.Attributes = d.attrs[:0]
	return d
}

// free gives the delivery back. Nothing may refer to it afterwards.
func (d *delivery) free() {
	*d = delivery{}
	deliveries.Put(d)
}

// settled says that the delivery is acknowledged, and frees it.
func (d *delivery) settled() {
	d.part.settle(d.seq)
	d.free()
}

// own copies the record out of Kafka's fetch buffer. One record that waits would else keep up to
// a whole fetch of its broker in memory.
func (d *delivery) own() {
	if d.owned {
		return
	}
	d.owned = true
	r := cloneRecord(d.record)
	if sameMemory(d.message.Body, d.record.Value) {
		d.message.Body = r.Value
	} else {
		d.message.Body = bytes.Clone(d.message.Body) // may be a part of the value
	}
	d.record = r
}

func cloneRecord(r *kgo.Record) *kgo.Record {
	c := &kgo.Record{
		Key:         bytes.Clone(r.Key),
		Value:       bytes.Clone(r.Value),
		Headers:     make([]kgo.RecordHeader, len(r.Headers)),
		Timestamp:   r.Timestamp,
		Topic:       r.Topic,
		Partition:   r.Partition,
		Offset:      r.Offset,
		LeaderEpoch: r.LeaderEpoch,
	}
	for i, h := range r.Headers {
		c.Headers[i] = kgo.RecordHeader{Key: h.Key, Value: bytes.Clone(h.Value)}
	}
	return c
}

func sameMemory(a, b []byte) bool {
	return len(a) == len(b) && len(a) > 0 && &a[0] == &b[0]
}
