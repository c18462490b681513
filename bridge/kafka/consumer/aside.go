package consumer

import (
	"context"

	"go.uber.org/zap"

	"github.com/sluice-bridge/sluice/bridge/kafka"
	"github.com/sluice-bridge/sluice/bridge/offsets"
)

// Partitions are set aside that are assigned and cannot be read yet, so that all others are: their topic
// may not be described, and without its identity nothing of it is read; or their committed offset is
// refused, and the client does not ask for it again for as long as they are assigned.

// setAside keeps the client from reading partitions of a topic of which the identity is not known. Called
// before it begins to.
func (s *Source) setAside(topic string, ids []int32, why error) {
	for _, id := range ids {
		s.asides.Add(kafka.TopicPartition{Topic: topic, Partition: id})
	}
	s.client.PauseFetchPartitions(map[string][]int32{topic: ids})
	s.failing.Report(kafka.TopicPartition{Topic: topic, Partition: -1}, kafka.Undescribed(why), false)
}

// refused is told that the group's offset of a partition may not be looked at, once.
func (s *Source) refused(at kafka.TopicPartition, why error) {
	s.asides.Add(at)
	s.failing.Report(at, "the committed offset of the group cannot be looked up: "+why.Error(), true)
}

// dropAsides forgets partitions that are no concern of this member any more, or that are assigned anew.
func (s *Source) dropAsides(partitions map[string][]int32) {
	// A pause is by name, and outlives an assignment.
	if were := s.asides.Remove(partitions); len(were) > 0 {
		s.client.ResumeFetchPartitions(were)
	}
}

// takeUp looks again at what is set aside, each topic by itself, and has the client begin anew with one
// that can be read.
func (s *Source) takeUp(ctx context.Context) {
	for topic, ids := range s.asides.All() {
		mine := map[string][]int32{topic: ids}
		if s.allBegun(topic, ids) {
			// Refused to the assignment before, and told late. If it is paused, that is for another reason.
			s.asides.Remove(mine)
			for _, id := range ids {
				s.failing.Resolve(kafka.TopicPartition{Topic: topic, Partition: id})
			}
			continue
		}
		if !s.assignable(ctx, topic, ids) {
			continue
		}
		s.dropAsides(mine)
		s.failing.Resolve(kafka.TopicPartition{Topic: topic, Partition: -1})
		s.log.Info("a topic can be read again", zap.String("topic", topic), zap.Int32s("partitions", ids))
		s.renew(topic)
	}
}

// allBegun says whether all of these partitions are read.
func (s *Source) allBegun(topic string, ids []int32) bool {
	s.gate.RLock()
	defer s.gate.RUnlock()
	for _, id := range ids {
		if a := s.assigned[kafka.TopicPartition{Topic: topic, Partition: id}]; a == nil || !a.begun() {
			return false
		}
	}
	return true
}

// begun says whether it is known where reading begins.
func (a *assignment) begun() bool { return a.part.Committable().Offset != offsets.NotBegun }

// assignable says whether partitions of a topic can be read: it may be described, and what is committed of
// them looked up.
func (s *Source) assignable(ctx context.Context, topic string, ids []int32) bool {
	ctx, cancel := context.WithTimeout(ctx, kafka.LookUpTimeout)
	defer cancel()
	now, err := s.describe(ctx, topic)
	if err == nil {
		err = now.Err(topic)
	}
	if err != nil {
		if ctx.Err() == nil {
			s.failing.Report(kafka.TopicPartition{Topic: topic, Partition: -1}, kafka.Undescribed(err), false)
		}
		return false
	}
	committed, err := s.committedOffsets(ctx, map[string][]int32{topic: ids})
	if err != nil {
		return false
	}
	for _, id := range ids {
		if o, ok := committed.Lookup(topic, id); !ok || o.Err != nil {
			return false
		}
	}
	return true
}
