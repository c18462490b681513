package trail

import (
	"errors"

	"github.com/twmb/franz-go/pkg/kgo"

	"github.com/sluice-bridge/sluice/bridge/offsets"
)

// Why a batch is doubted that is fetched.
var (
	ErrPassedOver = errors.New("the client has passed over a batch without records")
	// ErrLaterLeader is for what a later leader wrote than what was read before it, where the client was told where to
	// go on: it asks then for no end of the epoch before (KIP-320), as it does where it gets on by itself.
	ErrLaterLeader = errors.New("a later leader wrote it than what was read before")
)

// Fetched is what a fetch brought of a partition.
type Fetched struct {
	Records []*kgo.Record
	Start   int64 // of the log, as the broker says with them
	// Doubted says that the batch behind these records is to be read alone: to read each of their batches so would take
	// long.
	Doubted bool
	// PassesOver says whether the client has passed over a batch of the partition, and forgets it.
	PassesOver func() bool
}

// Compared is what a fetch brought, beside what was read before it.
type Compared struct {
	// Records go on behind what was read, perhaps after a gap, and count as read now.
	Records []*kgo.Record
	// From and Start are offsets between which retention has deleted what was not read; the same where it has not.
	From, Start int64
	// Doubt is why the next batch is to be read alone; what is behind it is read again then. Nil for none.
	Doubt error
	// Below says that the log ended before what was read, and other records stand there now, from Cut on.
	Below bool
	Cut   offsets.Position
}

// Compare compares what was fetched with what was read before it, and takes for read what follows. The client goes on
// elsewhere without a word where retention has deleted what it was to read next, and where the log turns out to end before
// that and nothing of it was read since its position was set.
func (t *Trail) Compare(f Fetched) Compared {
	c := t.sound(f)
	if len(c.Records) == 0 {
		return c
	}
	if t.cut.Offset >= 0 {
		c.Records = nil // what stands at the offsets now are other records than those that were read
		return c
	}
	if first := c.Records[0].Offset; first < t.Expected() {
		c.Records, c.Below, c.Cut = nil, true, offsets.Position{Offset: first, Epoch: -1}
		return c
	}
	t.Read(c.Records)
	t.Lead.Store(t.Next.Load())
	return c
}

// sound finds the records before a batch that the client has passed over, if it has: there is a gap between them. What was
// read before is left out, where it is the same once more. What retention has deleted is no gap.
func (t *Trail) sound(f Fetched) (c Compared) {
	next := t.Expected()
	records, known := t.Known(f.Records, next)
	n := len(records)
	if n > 0 && known && t.moved {
		if epoch := t.ReadEpoch(); epoch >= 0 && records[0].LeaderEpoch > epoch {
			c.Doubt = ErrLaterLeader
			return c
		}
		t.moved = false
	}
	if f.Doubted {
		c.Records = records[:following(records, next)]
		return c
	}
	if c.Records = records; n == 0 || next < 0 || !known {
		return c
	}
	if start := min(f.Start, records[0].Offset); start > next && t.cut.Offset < 0 {
		c.From, c.Start = next, start
		t.Next.Store(start)
		next = start
	}
	if records[0].Offset == next && records[n-1].Offset == next+int64(n)-1 || !f.PassesOver() {
		return c
	}
	if n := following(records, next); n < len(records) {
		c.Records, c.Doubt = records[:n], ErrPassedOver
	}
	return c
}

// following returns how many records follow an offset, and each other, without a gap.
func following(records []*kgo.Record, next int64) int {
	for i, r := range records {
		if r.Offset != next+int64(i) {
			return i
		}
	}
	return len(records)
}

// CutOff notes where the log was cut off, until reading has gone back: of several places the lowest counts.
func (t *Trail) CutOff(to offsets.Position) {
	if t.cut.Offset < 0 || to.Offset < t.cut.Offset {
		t.cut = to
	}
}

// Cut is where the log was cut off, and reading has yet to go back to; offset -1: nowhere.
func (t *Trail) Cut() offsets.Position { return t.cut }

// Moved notes that the client was told where to go on: what it brings next is looked at.
func (t *Trail) Moved() { t.moved = true }
