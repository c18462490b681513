package simulate

import (
	"github.com/twmb/franz-go/pkg/kerr"
	"github.com/twmb/franz-go/pkg/kmsg"
)

// refusal is an error with which OffsetForLeaderEpoch is answered for a topic.
type refusal struct {
	topic string
	err   *kerr.Error
	left  int // how often; below 0 as long as it is there
}

// answerEpochs answers OffsetForLeaderEpoch as Kafka does. The embedded one knows only the epochs in which
// something was written: after an election it says of the one before that it knows nothing of it, and clients
// take that for a loss.
func (b *brokers) answerEpochs() {
	b.cluster.ControlKey(int16(kmsg.OffsetForLeaderEpoch), func(r kmsg.Request) (kmsg.Response, error, bool) {
		b.cluster.KeepControl()
		req := r.(*kmsg.OffsetForLeaderEpochRequest)
		resp := req.ResponseKind().(*kmsg.OffsetForLeaderEpochResponse)
		node := b.cluster.CurrentNode()
		for _, t := range req.Topics {
			if b.turns[t.Topic] == nil {
				return nil, nil, false // it is none of the scenario's
			}
			topic := kmsg.NewOffsetForLeaderEpochResponseTopic()
			topic.Topic = t.Topic
			refused := b.refused(t.Topic)
			for _, p := range t.Partitions {
				answer := kmsg.NewOffsetForLeaderEpochResponseTopicPartition()
				answer.Partition = p.Partition
				answer.LeaderEpoch, answer.EndOffset = -1, -1
				if refused != nil {
					answer.ErrorCode = refused.Code
				} else {
					b.answerEpoch(t.Topic, node, p, &answer)
				}
				topic.Partitions = append(topic.Partitions, answer)
			}
			resp.Topics = append(resp.Topics, topic)
		}
		return resp, nil, true
	})
}

func (b *brokers) answerEpoch(topic string, node int32, p kmsg.OffsetForLeaderEpochRequestTopicPartition, answer *kmsg.OffsetForLeaderEpochResponseTopicPartition) {
	is := b.cluster.PartitionInfo(topic, p.Partition)
	switch {
	case is == nil:
		answer.ErrorCode = kerr.UnknownTopicOrPartition.Code
	case is.Leader != node:
		answer.ErrorCode = kerr.NotLeaderForPartition.Code
	case p.CurrentLeaderEpoch >= 0 && p.CurrentLeaderEpoch < is.Epoch:
		answer.ErrorCode = kerr.FencedLeaderEpoch.Code
	case p.CurrentLeaderEpoch > is.Epoch:
		answer.ErrorCode = kerr.UnknownLeaderEpoch.Code
	default:
		answer.LeaderEpoch, answer.EndOffset = b.w.ledger.epochEnd(topic, p.Partition, p.LeaderEpoch, is.HighWatermark)
	}
}

// refused takes one refusal of a topic, if there is any.
func (b *brokers) refused(topic string) *kerr.Error {
	b.mu.Lock()
	defer b.mu.Unlock()
	for _, r := range b.refusals {
		if r.topic == topic && r.left != 0 {
			if r.left > 0 {
				r.left--
			}
			return r.err
		}
	}
	return nil
}
