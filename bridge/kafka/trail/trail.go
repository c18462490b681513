package trail

import (
	"math"
	"sync/atomic"

	"github.com/twmb/franz-go/pkg/kgo"

	"github.com/sluice-bridge/sluice/bridge/offsets"
)

// Trail is what was read of a partition, for as long as this member owns it. Next and Lead may be used by any goroutine, all
// else by the one that reads.
type Trail struct {
	Next atomic.Int64 // offset behind what was read; -1: nothing was
	Lead atomic.Int64 // offset from which on the client may bring what was read otherwise

	of      *offsets.Tracker
	entries []entry
	epoch   int32 // of the last of them
	cut     offsets.Position
	moved   bool // the client was, and what it brings then was not looked at yet
}

// New returns that of a partition of which nothing was read.
func New(of *offsets.Tracker) *Trail {
	t := &Trail{of: of, epoch: -1, cut: offsets.Position{Offset: -1}}
	t.Next.Store(-1)
	t.Lead.Store(math.MaxInt64)
	return t
}

// Known returns the records from an offset on, below which all was read, where those before it are the same
// once more: of a batch that was read alone while the client had not begun with the partition, and so could
// not be sent behind it. All of them, and false, where the client goes on elsewhere, or leader epochs show that
// others stand there now.
func (t *Trail) Known(records []*kgo.Record, next int64) (rest []*kgo.Record, ok bool) {
	if len(records) == 0 || records[0].Offset >= next {
		return records, true
	}
	if records[0].Offset < t.Lead.Load() {
		return records, false
	}
	epoch := t.ReadEpoch()
	for i, r := range records {
		if r.Offset >= next {
			return records[i:], true
		}
		if epoch >= 0 && r.LeaderEpoch > epoch {
			return records, false
		}
	}
	return nil, true
}

// ReadEpoch is the leader epoch of what was read last; -1 where that is not known.
func (t *Trail) ReadEpoch() int32 { return max(t.epoch, t.of.Committable().Epoch) }

// Expected returns the offset from which on records are to come, but for gaps; less than 0 where nothing
// was read and it is not known where reading begins.
func (t *Trail) Expected() int64 {
	if next := t.Next.Load(); next >= 0 {
		return next
	}
	return t.of.Committable().Offset
}

// Read notes that records were read.
func (t *Trail) Read(records []*kgo.Record) {
	last := records[len(records)-1]
	t.Next.Store(last.Offset + 1)
	if t.epoch == last.LeaderEpoch {
		return
	}
	for _, r := range records {
		t.Enter(r.LeaderEpoch, r.Offset)
	}
}

// entry is the first record that was read of a leader epoch.
type entry struct {
	epoch  int32
	offset int64
}

// Enter remembers where the leader epochs of what was read begin: a few, as leaders seldom change.
func (t *Trail) Enter(epoch int32, offset int64) {
	if epoch != t.epoch {
		t.epoch = epoch
		t.entries = append(t.entries, entry{epoch, offset})
	}
}

// Parted returns where what was read parted from a log that has nothing between the end of an epoch and
// later ones: at that end, or where a later epoch than that begins in what was read (KIP-101).
func (t *Trail) Parted(end offsets.Position) offsets.Position {
	for _, e := range t.entries {
		if end.Epoch >= 0 && e.epoch > end.Epoch && e.offset < end.Offset {
			end.Offset = e.offset
		}
	}
	return end
}
