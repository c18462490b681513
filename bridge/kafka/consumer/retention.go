package consumer

import (
	"strconv"

	"github.com/twmb/franz-go/pkg/kgo"
	"go.uber.org/zap"

	"github.com/sluice-bridge/sluice/bridge/kafka"
	"github.com/sluice-bridge/sluice/bridge/kafka/opening"
)

// tellExpired tells of records that Kafka's retention deleted before they were read. Between the offsets
// may have been gaps, so that it is no more than these. position names what the first offset is.
func (s *Source) tellExpired(at kafka.TopicPartition, position string, from, start int64) {
	s.log.Error("records were deleted by the topic's retention before they were read",
		zap.Stringer("partition", at), zap.Int64(position, from),
		zap.Int64("log_start", start), zap.String("at_most", strconv.FormatInt(start-from, 10)))
}

// reportExpired tells of records that were deleted while nobody read the partition. Called with the gate
// read-locked, where reading begins.
func (s *Source) reportExpired(at kafka.TopicPartition, begin kgo.Offset, found opening.Bounds) {
	from := begin.EpochOffset().Offset
	first, ok := found.First(at)
	if !ok || first <= from {
		return
	}
	s.tellExpired(at, "committed", from, first)
	if a := s.assigned[at]; a != nil {
		a.Next.Store(first)
	}
}
