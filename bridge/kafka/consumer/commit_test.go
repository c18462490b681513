package consumer

import (
	"strings"
	"testing"

	"github.com/twmb/franz-go/pkg/kerr"
	"github.com/twmb/franz-go/pkg/kfake"
	"github.com/twmb/franz-go/pkg/kmsg"

	"github.com/sluice-bridge/sluice/bridge/kafka/kafkatest"
)

// Whatever a commit is answered with, what is settled is committed in the end, the flow goes on, and
// only what a person has to mend is told.
func TestEveryCommitErrorEndsInACommit(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		err  *kerr.Error
		told bool
	}{
		{kerr.CoordinatorNotAvailable, false},
		{kerr.CoordinatorLoadInProgress, false},
		{kerr.NotCoordinator, false},
		{kerr.RequestTimedOut, true},
		{kerr.RebalanceInProgress, false},
		{kerr.UnknownMemberID, false},
		{kerr.IllegalGeneration, false},
		{kerr.UnknownServerError, true},
		{kerr.GroupAuthorizationFailed, true},
		{kerr.OffsetMetadataTooLarge, true},
		{kerr.UnknownTopicOrPartition, true},
	} {
		t.Run(c.err.Message, func(t *testing.T) {
			t.Parallel()
			k := kafkatest.Cluster(t, 1)
			client := kafkatest.Dial(t, k)
			kafkatest.Produce(t, client, kafkatest.Numbered("t", 0, "a", 10)...)
			m := join(t, k)
			commits(t, k, "t", 0, 10)
			fault := k.Cluster.Fault(kfake.Fault{Keys: []kmsg.Key{kmsg.OffsetCommit}, Err: c.err, Count: 2})
			kafkatest.Produce(t, client, kafkatest.Numbered("t", 0, "b", 10)...)
			kafkatest.Await(t, "the faults", func() bool { return fault.Hits() >= 2 })
			commits(t, k, "t", 0, 20)
			const key = "commit " + group
			if told := m.board.Was(key) != ""; told != c.told {
				t.Errorf("told: %q", m.board.Was(key))
			}
			kafkatest.Await(t, "recovery", func() bool { return m.board.Is(key) == "" })
			m.leave()
			if m.err != nil {
				t.Error(m.err)
			}
			for b, n := range m.sink.times() {
				// Who is thrown out of the group goes on where it was.
				if n != 1 {
					t.Errorf("%s arrived %d times", b, n)
				}
			}
		})
	}
}

// Two processes with one instance id cannot both be members: the one that is fenced ends.
func TestFencedMemberEnds(t *testing.T) {
	t.Parallel()
	k := kafkatest.Cluster(t, 1)
	client := kafkatest.Dial(t, k)
	m := join(t, k, func(o *Options) { o.InstanceID = "one" })
	kafkatest.Produce(t, client, kafkatest.Numbered("t", 0, "a", 10)...)
	commits(t, k, "t", 0, 10)
	m.sink.holds(func(v string) bool { return v == "b99" })
	k.Cluster.Fault(kfake.Fault{Keys: []kmsg.Key{kmsg.OffsetCommit}, Err: kerr.FencedInstanceID, Count: -1})
	kafkatest.Produce(t, client, kafkatest.Numbered("t", 0, "b", 100)...)
	<-m.done // though a record is still out
	if m.err == nil || !strings.Contains(m.err.Error(), `kafka.instance_id "one"`) {
		t.Errorf("ended with %v", m.err)
	}
	if n, b := m.window.Held(); n != 0 || b != 0 {
		t.Errorf("%d records, %d bytes are held after the end", n, b)
	}
}

// Trouble with the commit of a partition ends with the partition.
func TestCommitTroubleEndsWithAssignment(t *testing.T) {
	t.Parallel()
	k := kafkatest.Cluster(t, 2)
	client := kafkatest.Dial(t, k)
	m := join(t, k)
	kafkatest.Await(t, "two partitions", func() bool { return m.owned() == 2 })
	commits(t, k, "t", 0, 0)
	commits(t, k, "t", 1, 0)
	k.Cluster.Fault(kfake.Fault{Keys: []kmsg.Key{kmsg.OffsetCommit}, Partitions: []int32{0}, Err: kerr.UnknownServerError, Count: -1})
	kafkatest.Produce(t, client, kafkatest.Numbered("t", 0, "a", 10)...)
	const key = "commit " + group
	kafkatest.Await(t, "trouble", func() bool { return m.board.Is(key) != "" })
	m.source.onLost(t.Context(), m.source.client, map[string][]int32{"t": {0}})
	kafkatest.Await(t, "its end", func() bool { return m.board.Is(key) == "" })
}
