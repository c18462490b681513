package consumer

import (
	"testing"
	"time"

	"github.com/twmb/franz-go/pkg/kerr"
	"github.com/twmb/franz-go/pkg/kfake"
	"github.com/twmb/franz-go/pkg/kmsg"

	"github.com/sluice-bridge/sluice/bridge/kafka/kafkatest"
	"github.com/sluice-bridge/sluice/bridge/offsets"
)

// hourly has commits come by what is settled alone: no test waits for the interval.
func hourly(o *Options) { o.CommitInterval = time.Hour }

// Records are committed when they are settled; no more than are worth a commit wait for the interval.
func TestCommitsFollowSettling(t *testing.T) {
	t.Parallel()
	k := kafkatest.Cluster(t, 1)
	client := kafkatest.Dial(t, k)
	const all = 5 * offsets.WorthCommit
	kafkatest.Produce(t, client, kafkatest.Numbered("t", 0, "a", all)...)
	join(t, k, hourly)
	kafkatest.Await(t, "commits", func() bool { return kafkatest.Committed(k, group, "t", 0) > all-offsets.WorthCommit })
}

// What is settled while the broker refuses commits is committed once it takes them again.
func TestCommitsFollowSettlingThroughErrors(t *testing.T) {
	t.Parallel()
	k := kafkatest.Cluster(t, 1)
	client := kafkatest.Dial(t, k)
	fault := k.Cluster.Fault(kfake.Fault{Keys: []kmsg.Key{kmsg.OffsetCommit}, Err: kerr.UnknownServerError, Count: 3})
	kafkatest.Produce(t, client, kafkatest.Numbered("t", 0, "a", 2*offsets.WorthCommit)...)
	m := join(t, k, hourly)
	kafkatest.Await(t, "the faults", func() bool { return fault.Hits() >= 3 })
	kafkatest.Await(t, "a commit", func() bool { return kafkatest.Committed(k, group, "t", 0) > offsets.WorthCommit })
	kafkatest.Await(t, "recovery", func() bool { return m.board.Is("commit "+group) == "" })
}
