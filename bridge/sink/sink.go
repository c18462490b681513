package sink

import (
	"context"

	"github.com/sluice-bridge/sluice/bridge/message"
)

// Sink sends to one queue or topic. Implementations are safe for concurrent use.
type Sink interface {
	// Open resolves the destination (queue URL, region) and reads its limits. It blocks until AWS
	// answered or ctx ends, and does not retry: the lane calls it again after a failure. The
	// error is a *Failure. A denied or unsupported look-up of limits is no error: the service's
	// defaults hold then, and are said to be presumed. Open may be called again at any time, beside
	// Send too: after a Configuration failure, and to see whether the limits have changed.
	Open(ctx context.Context) (Limits, error)

	// Send sends messages in one request, at least one and at most as many as the kind takes, and never retries. It
	// blocks until answered or ctx ends, and keeps neither slice.
	//
	// A nil return means that AWS answered entry by entry: results[i] is nil where message i was
	// accepted, else why it was not (an entry in neither list of the answer is Transient with
	// code "missing_from_answer"). A *Failure means that the call failed as a whole and results
	// say nothing. results has the length of batch and arrives zeroed.
	Send(ctx context.Context, batch []*message.Message, results []*Failure) *Failure

	// Close releases idle connections. No Send follows it.
	Close()
}

// Limits of a destination.
type Limits struct {
	// MaxMessageBytes is the largest Message.Size that one message may have.
	MaxMessageBytes int
	// MaxBatchBytes bounds the sum of Message.Size over one request.
	MaxBatchBytes int
	// Presumed: the destination's own could not be looked up, and these are the service's defaults.
	Presumed bool
}
