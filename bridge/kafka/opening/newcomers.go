package opening

import (
	"github.com/twmb/franz-go/pkg/kadm"
	"github.com/twmb/franz-go/pkg/kgo"
	"go.uber.org/zap"

	"github.com/sluice-bridge/sluice/bridge/kafka"
	"github.com/sluice-bridge/sluice/bridge/offsets"
)

// Newcomers are the partitions of an assignment that the group has no offset of.
type Newcomers struct {
	topics map[string]*newcomer
}

// newcomer is what is told of a topic. The numbers are upper bounds: Kafka leaves gaps between offsets.
type newcomer struct{ partitions, passed, ahead int64 }

// Begin returns where a partition begins: at its log's start, as it is newer than where the group began, unless an Opening
// says where, which is opened. Starts are what that says, and origin is that of the topic; nil where it is not known.
func (n *Newcomers) Begin(starts kadm.Offsets, found Bounds, at kafka.TopicPartition, origin *offsets.TopicIdentity) (begin kgo.Offset, opened bool) {
	begin = found.Start(at)
	first := max(begin.EpochOffset().Offset, 0)
	from := first
	// Of an earlier topic of the name it says nothing.
	if o, ok := starts.Lookup(at.Topic, at.Partition); ok && origin != nil && !origin.Replaces(o.Metadata) {
		begin, from, opened = kgo.NewOffset().At(o.At), o.At, true
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
	if end, ok := found.End(at); ok {
		t.ahead += max(end-from, 0)
	}
	return begin, opened
}

// Log logs how much is passed over and will be read of each topic.
func (n *Newcomers) Log(log *zap.Logger) {
	for topic, t := range n.topics {
		log.Info("the group has no offset of these partitions: they begin at their first records, or where the topic's start says",
			zap.String("topic", topic), zap.Int64("partitions", t.partitions),
			zap.Int64("records_passed_over", t.passed), zap.Int64("records_to_read", t.ahead))
	}
}
