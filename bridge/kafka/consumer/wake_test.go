package consumer

import (
	"fmt"
	"testing"

	"github.com/sluice-bridge/sluice/bridge/kafka"
	"github.com/sluice-bridge/sluice/bridge/kafka/kafkatest"
)

// A partition is fetched however often the client is told to read another one from elsewhere: what it forgets
// about meanwhile, it is told again.
func TestMovesOfOthersStopNothing(t *testing.T) {
	t.Parallel()
	k := kafkatest.Cluster(t, 2)
	m := join(t, k)
	client := kafkatest.Dial(t, k)
	kafkatest.Await(t, "an owner", func() bool { return m.owned() == 2 })
	kafkatest.Produce(t, client, kafkatest.Numbered("t", 1, "moved", 10)...)
	commits(t, k, "t", 1, 10)
	m.source.client.PauseFetchPartitions(map[string][]int32{"t": {1}})
	for i := range 300 {
		for range 5 {
			kafka.Positions{"t": {1: {Epoch: -1, Offset: 5}}}.Move(m.source.client)
		}
		kafkatest.Produce(t, client, kafkatest.Numbered("t", 0, fmt.Sprintf("good%d-", i), 1)...)
		kafkatest.Await(t, "a record of the other partition", func() bool { return m.arrived("good") == i+1 })
	}
}
