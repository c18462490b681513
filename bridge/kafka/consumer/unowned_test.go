package consumer

import (
	"slices"
	"testing"

	"github.com/sluice-bridge/sluice/bridge/kafka"
	"github.com/sluice-bridge/sluice/bridge/kafka/kafkatest"
)

// What the client fetches though it is not this member's is paused, until it is.
func TestUnownedIsPaused(t *testing.T) {
	t.Parallel()
	k := kafkatest.Cluster(t, 2)
	m := join(t, k)
	client := kafkatest.Dial(t, k)
	kafkatest.Await(t, "an owner", func() bool { return m.owned() == 2 })
	m.source.release(func(at kafka.TopicPartition) bool { return at.Partition == 1 })
	paused := func() []int32 { return m.source.client.PauseFetchPartitions(nil)["t"] }
	kafkatest.Await(t, "the pause", func() bool {
		kafkatest.Produce(t, client, kafkatest.Numbered("t", 1, "unowned", 1)...)
		return slices.Equal(paused(), []int32{1})
	})
	kafkatest.Produce(t, client, kafkatest.Numbered("t", 0, "owned", 1)...)
	kafkatest.Await(t, "a record of the other partition", func() bool { return m.arrived("owned") == 1 })
	if n := m.arrived("unowned"); n > 0 {
		t.Errorf("%d records arrived of a partition that is not this member's", n)
	}
	m.source.onAssigned(t.Context(), m.source.client, map[string][]int32{"t": {1}})
	if p := paused(); len(p) > 0 {
		t.Errorf("partitions %v are paused yet", p)
	}
}

// An error of a topic, or of all, comes as one of a partition below 0, which the client would take for all of them.
func TestErrorsPauseNothing(t *testing.T) {
	t.Parallel()
	k := kafkatest.Cluster(t, 1)
	m := join(t, k)
	m.source.unown(kafka.TopicPartition{Topic: "t", Partition: -1})
	m.source.unown(kafka.TopicPartition{Topic: "", Partition: -1})
	if p := m.source.client.PauseFetchPartitions(nil); len(p) > 0 {
		t.Errorf("%v are paused", p)
	}
}
