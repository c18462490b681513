package consumer

import (
	"context"
	"maps"
	"slices"

	"github.com/twmb/franz-go/pkg/kgo"
	"github.com/twmb/franz-go/pkg/kmsg"
	"go.uber.org/zap"

	"github.com/sluice-bridge/sluice/bridge/kafka"
	"github.com/sluice-bridge/sluice/bridge/kafka/handover"
	"github.com/sluice-bridge/sluice/bridge/offsets"
)

// Kafka keeps committed offsets by the topic's name. Those of a topic that is deleted and made again
// at once may outlive it, and would pass over the first records of the new one. So each commit
// carries, in its metadata, a mark of the topic that it is of.

// renewPaused has topics read anew that were deleted and made again while nothing was fetched of the partitions that
// are read of them, as they are paused: what is held of those may wait for long. Of the others the client says so.
func (s *Source) renewPaused(ctx context.Context, unread map[kafka.TopicPartition]*assignment) {
	paused := map[string]*assignment{}
	for at, a := range unread {
		if a.paused.Load() {
			paused[at.Topic] = a
		}
	}
	if len(paused) == 0 {
		return
	}
	now, err := s.describe(ctx, slices.Collect(maps.Keys(paused))...)
	if err != nil {
		return // the next look asks again
	}
	s.gate.RLock()
	defer s.gate.RUnlock()
	for topic, a := range paused {
		is := offsets.NewTopicIdentity(now.Cluster, topic, now.Topics[topic].TopicID)
		if now.Err(topic) == nil && is.Replaces(a.part.Origin.Fingerprint()) && s.assigned[a.TopicPartition] == a && !s.failing.Has(kafka.TopicPartition{Topic: topic, Partition: -1}) {
			s.remade(topic)
		}
	}
}

// offsetsFetched remembers which offsets are of a topic that is no more, and the notes of the others.
// It runs before adjustOffsets.
func (s *Source) offsetsFetched(_ context.Context, _ *kgo.Client, resp *kmsg.OffsetFetchResponse) error {
	<-s.made
	s.gate.Lock()
	defer s.gate.Unlock()
	s.notes = map[kafka.TopicPartition]string{}
	for _, g := range resp.Groups {
		for _, t := range g.Topics {
			for _, p := range t.Partitions {
				at := kafka.TopicPartition{Topic: t.Topic, Partition: p.Partition}
				a := s.assigned[at]
				if a == nil || p.Metadata == nil {
					continue
				}
				if err := handover.CheckVersion(s.opts.Group, at, *p.Metadata); err != nil {
					s.fail(err)
					return err
				}
				if !a.part.Origin.Replaces(*p.Metadata) {
					s.notes[at] = *p.Metadata
					continue
				}
				a.remade = true
				s.log.Warn("the committed offset is that of a deleted topic of the same name; the new topic is read from its start",
					zap.Stringer("partition", at), zap.Int64("committed", p.Offset))
			}
		}
	}
	return nil
}
