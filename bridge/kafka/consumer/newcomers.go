package consumer

import (
	"github.com/twmb/franz-go/pkg/kadm"
	"github.com/twmb/franz-go/pkg/kgo"
	"go.uber.org/zap"

	"github.com/sluice-bridge/sluice/bridge/kafka"
)

// newcomers are the partitions of an assignment that the group has no offset of.
type newcomers struct {
	opened []*assignment // those that begin where an Opening has said
	topics map[string]*newcomer
}

// newcomer is what is told of a topic. The numbers are upper bounds: Kafka leaves gaps between offsets.
type newcomer struct{ partitions, passed, ahead int64 }

// begin returns where a partition begins: at its log's start, as it is newer than where the group began,
// unless an Opening says where.
func (n *newcomers) begin(starts kadm.Offsets, found beginnings, at kafka.TopicPartition, a *assignment) kgo.Offset {
	begin := offsetIn(found.first, at)
	first := max(begin.EpochOffset().Offset, 0)
	from := first
	// Of an earlier topic of the name it says nothing.
	if o, ok := starts.Lookup(at.Topic, at.Partition); ok && a != nil && !a.part.Origin.Replaces(o.Metadata) {
		begin, from = kgo.NewOffset().At(o.At), o.At
		n.opened = append(n.opened, a)
	}
	if n.topics == nil {
		n.topics = map[string]*newcomer{}
	}
	t := n.topics[at.Topic]
	if t == nil {
		t = &newcomer{}
		n.topics[at.Topic] = t
	}
	t.partitions++
	t.passed += max(from-first, 0)
	if end, ok := found.end.Lookup(at.Topic, at.Partition); ok && end.Err == nil {
		t.ahead += max(end.Offset-from, 0)
	}
	return begin
}

// tell logs how much is passed over and will be read of each topic.
func (n *newcomers) tell(log *zap.Logger) {
	for topic, t := range n.topics {
		log.Info("the group has no offset of these partitions: they begin at their first records, or where the topic's start says",
			zap.String("topic", topic), zap.Int64("partitions", t.partitions),
			zap.Int64("records_passed_over", t.passed), zap.Int64("records_to_read", t.ahead))
	}
}
