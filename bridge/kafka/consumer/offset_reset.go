package consumer

import (
	"strconv"

	"github.com/twmb/franz-go/pkg/kgo"
	"go.uber.org/zap"

	"github.com/sluice-bridge/sluice/bridge/kafka"
	"github.com/sluice-bridge/sluice/bridge/offsets"
)

func (s *Source) reportAbove(at kafka.TopicPartition, committed, end int64, begin kgo.Offset) {
	s.log.Error("the committed offset is beyond the end of the log: rereading the partition",
		zap.String("topic", at.Topic), zap.Int32("partition", at.Partition), zap.Int64("committed", committed),
		zap.Int64("log_end", end), zap.Int64("reading_from", begin.EpochOffset().Offset))
}

// cut is told by the client that the broker lost records that were read, or that somebody committed.
func (s *Source) cut(at kafka.TopicPartition, lost *kgo.ErrDataLoss) {
	if a := s.assigned[at]; a != nil {
		s.cutOff(a, lost.ConsumedTo, a.Parted(offsets.Position{Offset: lost.ResetTo, Epoch: lost.ResetToEpoch}))
	}
}

// cutOff notes that the log was cut off at an offset: from there on other records stand, or will. It tells
// how many were lost that were read; no more than these, as between the offsets may have been gaps. Called
// by the poll loop with the gate read-locked. Until reading has gone back nothing is taken of the partition.
func (s *Source) cutOff(a *assignment, readTo int64, to offsets.Position) {
	mark := a.part.Committable()
	if mark.Offset < 0 {
		return // of an earlier assignment: nothing of this one is read
	}
	s.log.Error("the log has lost records that were read or committed: rereading the partition",
		zap.String("topic", a.Topic), zap.Int32("partition", a.Partition), zap.Int64("read_to", readTo),
		zap.Int64("cut_at", to.Offset), zap.String("at_most", strconv.FormatInt(readTo-to.Offset, 10)),
		zap.Int64("reading_from", min(mark.Offset, to.Offset)))
	a.CutOff(to)
	s.cuts = true
}

// goBack begins the partitions anew whose logs have lost records: where they are settled, or at the cut
// where that is below. What was read in between, and not settled, Kafka still has.
func (s *Source) goBack() {
	if !s.cuts {
		return
	}
	s.cuts = false
	again := map[*assignment]beginning{}
	s.gate.RLock()
	for _, a := range s.assigned {
		if a.Cut().Offset >= 0 {
			again[a] = beginning{a.part.Committable(), a.part.Progress()}
		}
	}
	s.gate.RUnlock()
	s.restart(again)
}
