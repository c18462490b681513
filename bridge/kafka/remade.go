package kafka

import (
	"context"

	"github.com/twmb/franz-go/pkg/kgo"
	"github.com/twmb/franz-go/pkg/kmsg"
	"go.uber.org/zap"
)

// Kafka keeps committed offsets by the topic's name. Those of a topic that is deleted and made again
// at once may outlive it, and would pass over the first records of the new one. So each commit
// carries, as its metadata, a mark of the topic that it is of.

// marked returns what puts the marks into a commit.
func marked(of map[place]*assignment) func(*kmsg.OffsetCommitRequest) error {
	return func(req *kmsg.OffsetCommitRequest) error {
		for _, t := range req.Topics {
			for i := range t.Partitions {
				p := &t.Partitions[i]
				if a := of[place{t.Topic, p.Partition}]; a != nil {
					mark := a.part.Origin.Mark()
					p.Metadata = &mark
				}
			}
		}
		return nil
	}
}

// offsetsFetched remembers which offsets are of a topic that is no more. It runs before
// adjustOffsets.
func (s *Source) offsetsFetched(_ context.Context, _ *kgo.Client, resp *kmsg.OffsetFetchResponse) error {
	<-s.made
	s.gate.Lock()
	defer s.gate.Unlock()
	for _, g := range resp.Groups {
		for _, t := range g.Topics {
			for _, p := range t.Partitions {
				at := place{t.Topic, p.Partition}
				a := s.assigned[at]
				if a == nil || p.Metadata == nil || !a.part.Origin.Replaces(*p.Metadata) {
					continue
				}
				a.remade = true
				s.log.Warn("the committed offset is that of a topic which was deleted; its successor is read from the start",
					zap.Stringer("partition", at), zap.Int64("committed", p.Offset))
			}
		}
	}
	return nil
}
