package consumer

import (
	"strings"
	"testing"

	"github.com/twmb/franz-go/pkg/kerr"
	"github.com/twmb/franz-go/pkg/kfake"
	"github.com/twmb/franz-go/pkg/kmsg"

	"github.com/sluice-bridge/sluice/bridge/kafka/kafkatest"
)

// Retention may delete what was not read yet: that is told, for the client says nothing.
func TestRecordsDeletedBeforeTheyWereReadAreTold(t *testing.T) {
	t.Parallel()
	k, client := settledTen(t)
	kafkatest.Produce(t, client, kafkatest.Numbered("t", 0, "b", 50)...)
	if err := k.Cluster.DeleteRecords("t", 0, 30); err != nil {
		t.Fatal(err)
	}
	two := join(t, k)
	commits(t, k, "t", 0, 60)
	if n := two.sink.count(); n != 30 {
		t.Errorf("%d arrived", n)
	}
	logs := two.logs.FilterMessageSnippet("retention").All()
	if len(logs) != 1 || !strings.Contains(logs[0].ContextMap()["at_most"].(string), "20") {
		t.Errorf("told: %v", logs)
	}
}

// A partition whose broker does not answer for it keeps none of the others from being read.
func TestStartOfOnePartitionUnknown(t *testing.T) {
	t.Parallel()
	for name, fault := range leaderless {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			k := kafkatest.Cluster(t, 2)
			client := kafkatest.Dial(t, k)
			kafkatest.Produce(t, client, append(kafkatest.Numbered("t", 0, "a", 10), kafkatest.Numbered("t", 1, "b", 10)...)...)
			fault := k.Cluster.Fault(fault)
			join(t, k)
			commits(t, k, "t", 0, 10)
			fault.Remove()
			commits(t, k, "t", 1, 10)
		})
	}
}

// A partition that was lost goes on where it was, not at what was committed last.
func TestLostPartitionGoesOnWhereItWas(t *testing.T) {
	t.Parallel()
	k := kafkatest.Cluster(t, 1)
	client := kafkatest.Dial(t, k)
	kafkatest.Produce(t, client, kafkatest.Numbered("t", 0, "a", 10)...)
	m := join(t, k)
	commits(t, k, "t", 0, 10)
	commit := k.Cluster.Fault(kfake.Fault{Keys: []kmsg.Key{kmsg.OffsetCommit}, Err: kerr.UnknownServerError, Count: -1})
	kafkatest.Produce(t, client, kafkatest.Numbered("t", 0, "b", 10)...)
	kafkatest.Await(t, "what is new", func() bool { return m.sink.count() == 20 })
	kafkatest.Await(t, "all settled", func() bool { n, _ := m.window.Held(); return n == 0 })
	k.Cluster.Fault(kfake.Fault{Keys: []kmsg.Key{kmsg.Heartbeat}, Err: kerr.UnknownMemberID, Count: 1})
	kafkatest.Await(t, "a loss", func() bool { return m.logs.FilterMessageSnippet("partitions lost").Len() > 0 })
	commit.Remove()
	kafkatest.Await(t, "an owner again", func() bool { return m.owned() == 1 })
	kafkatest.Produce(t, client, kafkatest.Numbered("t", 0, "c", 1)...)
	commits(t, k, "t", 0, 21)
	m.leave()
	if n := m.sink.count(); n != 21 {
		t.Errorf("%d arrived", n)
	}
}
