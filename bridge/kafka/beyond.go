package kafka

import (
	"github.com/twmb/franz-go/pkg/kgo"
	"go.uber.org/zap"

	"github.com/sluice-bridge/sluice/bridge"
)

// A committed offset may not fit the log: an unclean election of a leader cuts off the log's tail,
// and a program may commit what it likes. Where the commit has an earlier leader epoch than the log
// now, the client asks the broker where the log parted from what was read, and goes on exactly there
// (KIP-320). Else nothing tells what was settled, and the log is read from its start: records come
// again, but none is passed over.

// endBelow returns the end of a partition's log, and whether it is below the committed offset and no
// epoch tells why.
func (b beginnings) endBelow(at place, committed kgo.EpochOffset) (end int64, below bool) {
	o, ok := b.end.Lookup(at.topic, at.partition)
	if !ok || o.Err != nil || o.Offset < 0 || committed.Offset <= o.Offset {
		return 0, false
	}
	return o.Offset, committed.Epoch < 0 || committed.Epoch >= o.LeaderEpoch
}

func (s *Source) reportAbove(at place, committed, end int64, begin kgo.Offset) {
	s.log.Error("the committed offset is above the log's end, and nothing tells what was settled: reading goes back",
		zap.String("topic", at.topic), zap.Int32("partition", at.partition), zap.Int64("committed", committed),
		zap.Int64("log_end", end), zap.Int64("reading_from", begin.EpochOffset().Offset))
}

// cut is told that the broker lost records that were read, or that somebody committed.
func (s *Source) cut(at place, lost *kgo.ErrDataLoss) {
	s.log.Error("the log has lost records that were read or committed: reading goes back",
		zap.String("topic", at.topic), zap.Int32("partition", at.partition), zap.Int64("read_to", lost.ConsumedTo),
		zap.Int64("reading_from", lost.ResetTo))
	if a := s.assigned[at]; a != nil {
		s.parted[a] = beginning{bridge.Mark{Offset: lost.ResetTo, Epoch: lost.ResetToEpoch}, a.part.Reach().Back(lost.ResetTo)}
	}
}

// goBack begins the partitions anew whose logs have lost records. Until then nothing is taken of them:
// what stands at the offsets now are other records than those that were settled.
func (s *Source) goBack() {
	if len(s.parted) > 0 {
		s.restart(s.parted)
		clear(s.parted)
	}
}
