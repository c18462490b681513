package consumer

import (
	"testing"
	"time"

	"github.com/twmb/franz-go/pkg/kerr"
	"github.com/twmb/franz-go/pkg/kfake"
	"github.com/twmb/franz-go/pkg/kmsg"

	"github.com/sluice-bridge/sluice/bridge/kafka"
	"github.com/sluice-bridge/sluice/bridge/kafka/kafkatest"
	"github.com/sluice-bridge/sluice/bridge/kafka/problem"
	"github.com/sluice-bridge/sluice/fake"
)

// owner returns a member that does not run, so that the test is its poll loop, with an assignment.
func owner(t *testing.T, k *fake.Kafka) *member {
	t.Helper()
	m := build(t, k)
	kafkatest.Await(t, "an assignment that has begun", func() bool { a := m.assignment("t", 0); return a != nil && a.begun() })
	return m
}

// Trouble with reading ends when the broker says so and not by silence, also where no record comes.
func TestFetchTroubleEnds(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		at  kafka.TopicPartition
		key string
		of  kmsg.Key
	}{
		"of a partition": {kafka.TopicPartition{Topic: "t", Partition: 0}, "partition t/0", kmsg.Fetch},
		"of a topic":     {kafka.TopicPartition{Topic: "t", Partition: -1}, "topic t", kmsg.Metadata},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			k := kafkatest.Cluster(t, 1)
			m := owner(t, k)
			refused := k.Cluster.Fault(kfake.Fault{Keys: []kmsg.Key{c.of}, Err: kerr.TopicAuthorizationFailed, Count: -1})
			m.source.fetchError(c.at, kerr.TopicAuthorizationFailed)
			if m.board.Is(c.key) == "" {
				t.Fatal("not told")
			}
			kafkatest.Await(t, "what is known of topics to be refused", func() bool {
				return m.source.readable(t.Context(), []kafka.TopicPartition{c.at})[c.at] != nil
			})
			m.source.lookAgain(t.Context(), time.Now().Add(problem.QuietAfter+time.Second))
			if m.board.Is(c.key) == "" {
				t.Error("over although it is refused")
			}
			refused.Remove()
			m.source.lookAgain(t.Context(), time.Now())
			if m.board.Is(c.key) == "" {
				t.Error("over at once")
			}
			kafkatest.Await(t, "the end of the trouble", func() bool {
				m.source.lookAgain(t.Context(), time.Now().Add(problem.QuietAfter+time.Second))
				return m.board.Is(c.key) == ""
			})
		})
	}
}

// What a look at brokers finds out of a partition that was given up meanwhile is not told: nobody would say that it is
// over.
func TestFetchTroubleOfWhatWasGivenUp(t *testing.T) {
	t.Parallel()
	k := kafkatest.Cluster(t, 1)
	m := owner(t, k)
	at := kafka.TopicPartition{Topic: "t", Partition: 0}
	k.Cluster.Fault(kfake.Fault{Keys: []kmsg.Key{kmsg.Fetch}, Err: kerr.TopicAuthorizationFailed, Count: -1})
	m.source.failing.Report(at, "refused", false)
	k.Cluster.ControlKey(int16(kmsg.Metadata), func(kmsg.Request) (kmsg.Response, error, bool) {
		k.Cluster.KeepControl()
		m.source.failing.Drop(at)
		return nil, nil, false
	})
	m.source.lookAgain(t.Context(), time.Now().Add(problem.QuietAfter+time.Second))
	if text := m.board.Is("partition t/0"); text != "" {
		t.Errorf("told: %s", text)
	}
}

// What the client tells once, since it has given a partition up, is over when a record of it comes or
// another member has it.
func TestFetchTroubleToldOnce(t *testing.T) {
	t.Parallel()
	const key = "partition t/0"
	k := kafkatest.Cluster(t, 1)
	m := owner(t, k)
	tell := func() {
		m.source.failing.Report(kafka.TopicPartition{Topic: "t", Partition: 0}, "given up", true)
		m.source.lookAgain(t.Context(), time.Now().Add(time.Hour))
		if m.board.Is(key) == "" {
			t.Fatal("over though nothing says so")
		}
	}
	tell()
	kafkatest.Produce(t, kafkatest.Dial(t, k), kafkatest.Numbered("t", 0, "a", 1)...)
	kafkatest.Await(t, "a record", func() bool {
		n, _ := m.source.poll(t.Context(), 10)
		return n > 0
	})
	if m.board.Is(key) != "" {
		t.Error("not over though a record came")
	}
	tell()
	m.source.onRevoked(t.Context(), m.source.client, map[string][]int32{"t": {0}})
	if m.board.Is(key) != "" {
		t.Error("still told of another member's partition")
	}
}

// An error of a partition that was revoked meanwhile is not told: nothing would end it.
func TestFetchTroubleOfAnothersPartition(t *testing.T) {
	t.Parallel()
	k := kafkatest.Cluster(t, 1)
	m := owner(t, k)
	m.source.fetchError(kafka.TopicPartition{Topic: "t", Partition: 7}, kerr.TopicAuthorizationFailed)
	if m.board.Was("partition t/7") != "" {
		t.Error("told")
	}
}

// An error that comes with a poll says nothing about where the log ends.
func TestErrorOfAPollLeavesTheLag(t *testing.T) {
	t.Parallel()
	k := kafkatest.Cluster(t, 1)
	m := owner(t, k)
	a := m.assignment("t", 0)
	kafkatest.Await(t, "a beginning", func() bool { return a.part.Committable().Offset == 0 })
	a.highWatermark.Store(100)
	k.Cluster.Fault(kfake.Fault{Keys: []kmsg.Key{kmsg.Fetch}, Err: kerr.TopicAuthorizationFailed, Count: -1})
	kafkatest.Await(t, "an error", func() bool {
		_, _ = m.source.poll(t.Context(), 10)
		return m.board.Is("partition t/0") != ""
	})
	if lag := m.source.Lag(); lag != 100 {
		t.Errorf("the lag is %d", lag)
	}
}

// A broker that says nothing does not keep partitions of another from being looked at again.
func TestLookAgainBesideASilentBroker(t *testing.T) {
	t.Parallel()
	const partitions = 8
	k := kafkatest.Cluster(t, partitions, kfake.NumBrokers(2))
	for p := range int32(partitions) {
		if err := k.Cluster.MoveTopicPartition("t", p, min(p, 1)); err != nil {
			t.Fatal(err)
		}
	}
	m := owner(t, k)
	kafkatest.Await(t, "the assignments", func() bool { return m.owned() == partitions })
	silent := make(chan struct{})
	t.Cleanup(func() { close(silent) })
	k.Cluster.ControlKey(int16(kmsg.Fetch), func(kmsg.Request) (kmsg.Response, error, bool) {
		k.Cluster.KeepControl()
		if k.Cluster.CurrentNode() == 1 {
			k.Cluster.SleepControl(func() { <-silent })
		}
		return nil, nil, false
	})
	for p := range int32(partitions) {
		m.source.failing.Report(kafka.TopicPartition{Topic: "t", Partition: p}, "it was refused", false)
	}
	m.source.lookAgain(t.Context(), time.Now().Add(problem.QuietAfter)) // for as long as it waits for a broker
	if told := m.board.Is("partition t/0"); told != "" {
		t.Errorf("it can be read, and is told: %q", told)
	}
	if m.board.Is("partition t/1") == "" {
		t.Error("it cannot be read, and is not told")
	}
}

// A group that is joined, and does not say where its partitions begin, has not recovered.
func TestGroupRecoversWhenItIsRead(t *testing.T) {
	t.Parallel()
	k := kafkatest.Cluster(t, 1)
	away := k.Cluster.Fault(kfake.Fault{Keys: []kmsg.Key{kmsg.OffsetFetch}, Err: kerr.CoordinatorNotAvailable, Count: -1})
	k.Cluster.Fault(kfake.Fault{Keys: []kmsg.Key{kmsg.JoinGroup}, Err: kerr.GroupAuthorizationFailed, Count: 1})
	m := build(t, k)
	kafkatest.Await(t, "an assignment", func() bool { return m.assignment("t", 0) != nil && away.Hits() > 0 })
	if m.board.Is("group g") == "" {
		t.Error("recovered, and nothing is read")
	}
	away.Remove()
	kafkatest.Await(t, "the end of the trouble", func() bool { return m.board.Is("group g") == "" })
}
