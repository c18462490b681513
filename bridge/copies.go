package bridge

import (
	"bytes"
	"sync"
	"sync/atomic"
	"unsafe"

	"github.com/twmb/franz-go/pkg/kgo"
)

// copies is the copy of a record that its deliveries share, made when the first of them waits. They
// wait in different lanes, so each comes for it under a lock of its own.
type copies struct {
	users atomic.Int32 // deliveries

	mu     sync.Mutex
	record *kgo.Record // nil: none was needed yet
}

var copiesPool = sync.Pool{New: func() any { return new(copies) }}

// share has deliveries of one record share its copy.
func share(placed []placement) {
	c := copiesPool.Get().(*copies)
	c.users.Store(int32(len(placed))) //nolint:gosec // at most one for each destination
	for i := range placed {
		placed[i].delivery.copies = c
	}
}

// leave is called once by each delivery, when it ends.
func (c *copies) leave() {
	if c.users.Add(-1) == 0 {
		c.record = nil
		copiesPool.Put(c)
	}
}

func (c *copies) get(r *kgo.Record) *kgo.Record {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.record == nil {
		c.record = cloneRecord(r)
	}
	return c.record
}

// own has the delivery refer to a copy of its record, out of Kafka's fetch buffer. One record that
// waits would else keep up to a whole fetch of its broker in memory.
func (d *delivery) own() {
	if d.owned {
		return
	}
	d.owned = true
	from := d.record
	if d.copies != nil {
		d.record = d.copies.get(from)
	} else {
		d.record = cloneRecord(from)
	}
	d.message.Body = moved(d.message.Body, from, d.record)
}

func cloneRecord(r *kgo.Record) *kgo.Record {
	c := &kgo.Record{
		Key:         bytes.Clone(r.Key),
		Value:       bytes.Clone(r.Value),
		Timestamp:   r.Timestamp,
		Topic:       r.Topic,
		Partition:   r.Partition,
		Offset:      r.Offset,
		LeaderEpoch: r.LeaderEpoch,
		Attrs:       r.Attrs,
	}
	if len(r.Headers) > 0 {
		c.Headers = make([]kgo.RecordHeader, len(r.Headers))
	}
	for i, h := range r.Headers {
		c.Headers[i] = kgo.RecordHeader{Key: h.Key, Value: bytes.Clone(h.Value)}
	}
	return c
}

// moved returns body as it is in to, a copy of from: a part of the value, the key or a header, as
// expressions take them. One that is no part of the record has memory of its own.
func moved(body []byte, from, to *kgo.Record) []byte {
	if at := offset(body, from.Value); at >= 0 {
		return to.Value[at : at+len(body) : at+len(body)]
	}
	if at := offset(body, from.Key); at >= 0 {
		return to.Key[at : at+len(body) : at+len(body)]
	}
	for i := range from.Headers {
		if at := offset(body, from.Headers[i].Value); at >= 0 {
			return to.Headers[i].Value[at : at+len(body) : at+len(body)]
		}
	}
	return body
}

// partOf says whether body refers to the memory of a record.
func partOf(body []byte, r *kgo.Record) bool {
	if offset(body, r.Value) >= 0 || offset(body, r.Key) >= 0 {
		return true
	}
	for i := range r.Headers {
		if offset(body, r.Headers[i].Value) >= 0 {
			return true
		}
	}
	return false
}

// offset returns where part lies within the memory of whole, or -1 where it does not.
func offset(part, whole []byte) int {
	if len(part) == 0 || len(part) > len(whole) {
		return -1
	}
	at := uintptr(unsafe.Pointer(unsafe.SliceData(part))) - uintptr(unsafe.Pointer(unsafe.SliceData(whole))) //nolint:gosec // compared only
	if at > uintptr(len(whole)-len(part)) {
		return -1
	}
	return int(at)
}

func sameMemory(a, b []byte) bool {
	return len(a) == len(b) && len(a) > 0 && &a[0] == &b[0]
}
