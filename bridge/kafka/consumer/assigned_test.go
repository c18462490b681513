package consumer

import (
	"testing"

	"github.com/sluice-bridge/sluice/bridge/kafka/kafkatest"
)

// A topic may be deleted between its assignment and the look-up of its id: the member goes on with
// the others, and with that topic when it is made again.
func TestAssignedTopicIsGone(t *testing.T) {
	t.Parallel()
	k := kafkatest.Cluster(t, 1)
	m := join(t, k, func(o *Options) { o.Topics = []string{"t", "later"} })
	kafkatest.Await(t, "an owner", func() bool { return m.owned() == 1 })
	m.source.onAssigned(t.Context(), m.source.client, map[string][]int32{"later": {0}})
	if m.assignment("later", 0) != nil {
		t.Fatal("a topic that is not there is read")
	}
	if err := k.Cluster.CreateTopic("later", 1, nil); err != nil {
		t.Fatal(err)
	}
	c := kafkatest.Dial(t, k)
	kafkatest.Produce(t, c, append(kafkatest.Numbered("later", 0, "l", 5), kafkatest.Numbered("t", 0, "a", 5)...)...)
	commits(t, k, "t", 0, 5)
	commits(t, k, "later", 0, 5)
}
