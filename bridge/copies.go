package bridge

import (
	"sync"
	"sync/atomic"

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

// newCopies is for so many deliveries of one record.
func newCopies(users int) *copies {
	c := copiesPool.Get().(*copies)
	c.users.Store(int32(users)) //nolint:gosec // at most one for each destination
	return c
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
