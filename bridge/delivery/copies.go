package delivery

import (
	"sync"
	"sync/atomic"

	"github.com/twmb/franz-go/pkg/kgo"

	"github.com/sluice-bridge/sluice/bridge/memory"
)

// Copies is the copy of a record that its deliveries share, made when the first of them waits. They
// wait in different lanes, so each comes for it under a lock of its own.
type Copies struct {
	users atomic.Int32 // deliveries

	mu     sync.Mutex
	record *kgo.Record // nil: none was needed yet
}

var copiesPool = sync.Pool{New: func() any { return new(Copies) }}

// NewCopies is for so many deliveries of one record.
func NewCopies(users int) *Copies {
	c := copiesPool.Get().(*Copies)
	c.users.Store(int32(users)) //nolint:gosec // at most one for each destination
	return c
}

// leave is called once by each delivery, when it ends.
func (c *Copies) leave() {
	if c.users.Add(-1) == 0 {
		c.record = nil
		copiesPool.Put(c)
	}
}

func (c *Copies) get(r *kgo.Record) *kgo.Record {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.record == nil {
		c.record = memory.Clone(r)
	}
	return c.record
}

// own has the delivery refer to a copy of its record, out of Kafka's fetch buffer. One record that
// waits would else keep up to a whole fetch of its broker in memory.
func (d *Delivery) own() {
	if d.owned {
		return
	}
	d.owned = true
	from := d.Record
	if d.Copies != nil {
		d.Record = d.Copies.get(from)
	} else {
		d.Record = memory.Clone(from)
	}
	d.Message.Body = memory.Moved(d.Message.Body, from, d.Record)
}
