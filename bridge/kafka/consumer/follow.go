package consumer

import (
	"github.com/twmb/franz-go/pkg/kgo"

	"github.com/sluice-bridge/sluice/bridge/offsets"
)

// What is fetched is compared with what was read before it. The client goes on elsewhere without a word
// where retention has deleted what it was to read next, and where the log turns out to end before that
// and nothing of it was read since its position was set.

// follows says whether what was fetched of a partition, records among it and none that are known, goes on behind
// what was read, perhaps after a gap. Called by the poll loop, with the gate read-locked.
func (s *Source) follows(a *assignment, f *kgo.FetchPartition) bool {
	if a.cut.Offset >= 0 {
		return false // what stands at the offsets now are other records than those that were read
	}
	first := f.Records[0]
	switch next := a.expected(); {
	case next < 0 || first.Offset == next:
	case first.Offset < next:
		s.cutOff(a, next, offsets.Mark{Offset: first.Offset, Epoch: -1})
		return false
	case f.LogStartOffset > next:
		s.tellExpired(a.TopicPartition, "read_to", next, min(first.Offset, f.LogStartOffset))
	}
	a.read(f.Records)
	a.lead.Store(a.next.Load())
	return true
}

// known returns the records from an offset on, below which all was read, where those before it are the same
// once more: of a batch that was read alone while the client had not begun with the partition, and so could
// not be sent behind it. All of them, and false, where the client goes on elsewhere, or leader epochs show that
// others stand there now.
func (a *assignment) known(records []*kgo.Record, next int64) (rest []*kgo.Record, ok bool) {
	if len(records) == 0 || records[0].Offset >= next {
		return records, true
	}
	if records[0].Offset < a.lead.Load() {
		return records, false
	}
	epoch := a.readEpoch()
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

// readEpoch is the leader epoch of what was read last; -1 where that is not known.
func (a *assignment) readEpoch() int32 { return max(a.epoch, a.part.Mark().Epoch) }

// expected returns the offset from which on records are to come, but for gaps; less than 0 where nothing
// was read and it is not known where reading begins.
func (a *assignment) expected() int64 {
	if next := a.next.Load(); next >= 0 {
		return next
	}
	return a.part.Mark().Offset
}

// read notes that records were read.
func (a *assignment) read(records []*kgo.Record) {
	last := records[len(records)-1]
	a.next.Store(last.Offset + 1)
	if a.epoch == last.LeaderEpoch {
		return
	}
	for _, r := range records {
		a.enter(r.LeaderEpoch, r.Offset)
	}
}

// entry is the first record that was read of a leader epoch.
type entry struct {
	epoch  int32
	offset int64
}

// enter remembers where the leader epochs of what was read begin: a few, as leaders seldom change.
func (a *assignment) enter(epoch int32, offset int64) {
	if epoch != a.epoch {
		a.epoch = epoch
		a.entries = append(a.entries, entry{epoch, offset})
	}
}

// parted returns where what was read parted from a log that has nothing between the end of an epoch and
// later ones: at that end, or where a later epoch than that begins in what was read (KIP-101).
func (a *assignment) parted(end offsets.Mark) offsets.Mark {
	for _, e := range a.entries {
		if end.Epoch >= 0 && e.epoch > end.Epoch && e.offset < end.Offset {
			end.Offset = e.offset
		}
	}
	return end
}
