package delivery

import (
	"sync"
	"time"

	"github.com/twmb/franz-go/pkg/kgo"

	"github.com/sluice-bridge/sluice/bridge/message"
	"github.com/sluice-bridge/sluice/bridge/offsets"
	"github.com/sluice-bridge/sluice/quota"
)

// Delivery is one record on its way to one destination. One goroutine owns it at a time: the
// pipeline, then the lane's queue (under the lane's lock), then the goroutine that sends it.
type Delivery struct {
	Message  message.Message
	Record   *kgo.Record
	Ack      offsets.Ack
	Seq      uint64                 // of the record, as Ack knows it
	Origin   *offsets.TopicIdentity // of the record's topic
	Resend   *message.Resend        // nil for the first time that the record is sent
	Rule     string                 // that named the destination; empty for the unmatched policy
	attempts int                    // sends so far
	entered  time.Time
	due      time.Time           // not to be sent before, when it waits for a retry
	letter   message.Reason      // of a delivery that is a dead letter itself; else empty
	Batch    *message.Unreadable // that its dead letter stands for, in the place of a record; else nil
	refused  bool                // a dead letter that its destination has refused
	built    int64               // bytes that a dead letter counts among DeadLetters.built
	owned    bool                // refers to no memory of Kafka's fetch buffer
	age      uint8               // of ages, in the lane
	Charge   int64               // bytes that it counts in the window, beside its record
	Copies   *Copies             // of a record that has other deliveries; else nil
	// suspicion has it sent alone; nil for most.
	suspicion *suspicion
	asked     time.Time // when the limits were last asked for, before it is called too large
	attrs     [quota.Attributes]message.Attribute
}

var deliveries = sync.Pool{New: func() any { return new(Delivery) }}

// New takes a delivery from the pool; its message's attributes have memory of their own.
func New() *Delivery {
	d := deliveries.Get().(*Delivery)
	d.Message.Attributes = d.attrs[:0]
	return d
}

// Free gives the delivery back. Nothing may refer to it afterwards.
func (d *Delivery) Free() {
	if d.Copies != nil {
		d.Copies.leave()
	}
	*d = Delivery{}
	deliveries.Put(d)
}

// settled says that the delivery is acknowledged, and frees it.
func (d *Delivery) settled() {
	d.Ack.Settle(d.Seq, d.Charge)
	d.Free()
}
