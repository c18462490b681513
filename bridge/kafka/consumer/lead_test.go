package consumer

import (
	"sync/atomic"
	"testing"

	"github.com/twmb/franz-go/pkg/kerr"
	"github.com/twmb/franz-go/pkg/kmsg"

	"github.com/sluice-bridge/sluice/bridge/kafka/kafkatest"
)

// A broker that does not say for seconds where a leader epoch ends keeps the client from beginning, and what is
// there is read alone meanwhile. When the client begins, what it brings once more is no sign of a cut.
func TestReadAloneBeforeTheClientBegins(t *testing.T) {
	t.Parallel()
	k, client := settledTen(t)
	var silent atomic.Bool
	silent.Store(true)
	k.Cluster.ControlKey(int16(kmsg.OffsetForLeaderEpoch), func(r kmsg.Request) (kmsg.Response, error, bool) {
		k.Cluster.KeepControl()
		if !silent.Load() {
			return nil, nil, false
		}
		req := r.(*kmsg.OffsetForLeaderEpochRequest)
		resp := req.ResponseKind().(*kmsg.OffsetForLeaderEpochResponse)
		for _, of := range req.Topics {
			topic := kmsg.NewOffsetForLeaderEpochResponseTopic()
			topic.Topic = of.Topic
			for _, p := range of.Partitions {
				answer := kmsg.NewOffsetForLeaderEpochResponseTopicPartition()
				answer.Partition, answer.ErrorCode = p.Partition, kerr.UnknownLeaderEpoch.Code
				topic.Partitions = append(topic.Partitions, answer)
			}
			resp.Topics = append(resp.Topics, topic)
		}
		return resp, nil, true
	})
	kafkatest.Produce(t, client, kafkatest.Numbered("t", 0, "b", 5)...)
	m := join(t, k)
	commits(t, k, "t", 0, 15)
	silent.Store(false)
	kafkatest.Produce(t, client, kafkatest.Numbered("t", 0, "c", 5)...)
	commits(t, k, "t", 0, 20)
	for body, n := range m.sink.times() {
		if n != 1 {
			t.Errorf("%s came %d times", body, n)
		}
	}
	if told := m.logs.FilterMessageSnippet("lost records").All(); len(told) > 0 {
		t.Errorf("told: %v", told)
	}
}
