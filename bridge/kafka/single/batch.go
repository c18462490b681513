package single

import (
	"github.com/sluice-bridge/sluice/bridge/kafka/reader"
)

// Batch is one that is read by itself.
type Batch struct {
	Offset int64
	Epoch  int32 // of what was read before it; -1 where that is not known
	// Silent is set where nothing was said of a batch: it is only looked at, and the partition not paused.
	Silent bool

	found   chan Finding // capacity 1
	finding *Finding     // taken out of found
}

// Finding is what was found at an offset.
type Finding struct {
	reader.Batch
	Bad *reader.BatchError // what could not be read; nil where it could
	Cut *Cut               // what stands there follows nothing that was read; nil where it may
	// Failed is set where a look at a silent batch found nothing out.
	Failed bool
}

// NewBatch returns the batch at an offset, of which nothing was found yet.
func NewBatch(offset int64, epoch int32, silent bool) *Batch {
	return &Batch{Offset: offset, Epoch: epoch, Silent: silent, found: make(chan Finding, 1)}
}

// Deliver says what was found, once.
func (b *Batch) Deliver(f Finding) { b.found <- f }

// Found returns what was found, and nil before that. It is for one goroutine.
func (b *Batch) Found() *Finding {
	if b.finding == nil {
		select {
		case f := <-b.found:
			b.finding = &f
		default:
		}
	}
	return b.finding
}
