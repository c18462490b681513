package delivery

import (
	"slices"
	"sync"

	"github.com/twmb/franz-go/pkg/kgo"

	"github.com/sluice-bridge/sluice/bridge/message"
	"github.com/sluice-bridge/sluice/bridge/sink"
)

// request is what a goroutine that sends works with, one request after the other. It is kept for others.
type request struct {
	batch        []*Delivery
	next         []*Delivery // of the request after this one
	messages     []*message.Message
	verdicts     []*sink.Failure
	dispositions []disposition
	taken        []*kgo.Record
}

var requests = sync.Pool{New: func() any { return new(request) }}

// begin makes the next batch the one to be sent.
func (r *request) begin() {
	r.batch, r.next = r.next, r.batch
	n := len(r.batch)
	r.messages = slices.Grow(r.messages, n)[:n]
	r.verdicts = slices.Grow(r.verdicts, n)[:n]
	r.dispositions = slices.Grow(r.dispositions, n)[:n]
	r.taken = slices.Grow(r.taken, n)
}

// end forgets what was sent.
func (r *request) end() {
	clear(r.batch)
	clear(r.messages)
	clear(r.verdicts)
	clear(r.taken)
	r.batch, r.messages, r.verdicts, r.dispositions, r.taken = r.batch[:0], r.messages[:0], r.verdicts[:0], r.dispositions[:0], r.taken[:0]
}
