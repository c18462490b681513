package consumer

import (
	"context"
	"errors"
	"slices"
	"testing"
	"time"

	"github.com/twmb/franz-go/pkg/kerr"
	"github.com/twmb/franz-go/pkg/kfake"
	"github.com/twmb/franz-go/pkg/kgo"
	"github.com/twmb/franz-go/pkg/kmsg"

	"github.com/sluice-bridge/sluice/bridge/kafka/kafkatest"
	"github.com/sluice-bridge/sluice/fake"
)

func bothTopics(o *Options) { o.Topics = []string{"t", "u"} }

// refuses has the cluster refuse requests about topic u until what is returned is called.
func refuses(k *fake.Kafka, of ...kmsg.Key) (allow func()) {
	return refusesWith(k, kerr.TopicAuthorizationFailed, of...)
}

func refusesWith(k *fake.Kafka, err *kerr.Error, of ...kmsg.Key) (allow func()) {
	return k.Cluster.Fault(kfake.Fault{Keys: of, Topic: "u", Err: err, Count: -1}).Remove
}

// withU adds a topic u with two partitions, and five records to all that there are.
func withU(t *testing.T) *fake.Kafka {
	t.Helper()
	k := kafkatest.Cluster(t, 2)
	if err := k.Cluster.CreateTopic("u", 2, nil); err != nil {
		t.Fatal(err)
	}
	c := kafkatest.Dial(t, k)
	for _, topic := range []string{"t", "u"} {
		for p := range int32(2) {
			kafkatest.Produce(t, c, kafkatest.Numbered(topic, p, topic, 5)...)
		}
	}
	return k
}

// A topic that may not be described keeps no other from being read, also where it comes with them; it is
// read when it may be.
func TestOneTopicIsRefused(t *testing.T) {
	t.Parallel()
	for name, row := range map[string]struct {
		err  *kerr.Error
		keys []kmsg.Key
	}{
		"to describe":                 {kerr.TopicAuthorizationFailed, []kmsg.Key{kmsg.Metadata}},
		"to describe and its offsets": {kerr.TopicAuthorizationFailed, []kmsg.Key{kmsg.Metadata, kmsg.OffsetFetch}},
		"as if it were no more":       {kerr.UnknownTopicOrPartition, []kmsg.Key{kmsg.Metadata}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			k := withU(t)
			m := join(t, k, bothTopics)
			kafkatest.Await(t, "all partitions", func() bool { return m.owned() == 4 })
			commits(t, k, "u", 1, 5)
			allow := refusesWith(k, row.err, row.keys...)
			assigned := map[string][]int32{"t": {0, 1}, "u": {0, 1}}
			m.source.onLost(t.Context(), m.source.client, assigned)
			m.source.onAssigned(t.Context(), m.source.client, assigned)
			if m.assignment("t", 1) == nil {
				t.Fatal("the other topic is not read")
			}
			if m.assignment("u", 1) != nil {
				t.Error("a topic that is not known is read")
			}
			if m.board.Is("topic u") == "" {
				t.Error("not told")
			}
			allow()
			kafkatest.Produce(t, kafkatest.Dial(t, k), kafkatest.Numbered("u", 1, "later", 5)...)
			commits(t, k, "u", 1, 10)
			kafkatest.Await(t, "the trouble to be over", func() bool { return m.board.Is("topic u") == "" })
			if n := m.sink.times()["later4"]; n != 1 {
				t.Errorf("the last record came %d times", n)
			}
		})
	}
}

// The same where an instance leaves while its topic may not be looked at at all.
func TestOneTopicIsRefusedAtRebalance(t *testing.T) {
	t.Parallel()
	k := withU(t)
	one := join(t, k, bothTopics)
	two := join(t, k, bothTopics)
	kafkatest.Await(t, "each to own two", func() bool { return one.owned() == 2 && two.owned() == 2 })
	for _, topic := range []string{"t", "u"} {
		for p := range int32(2) {
			commits(t, k, topic, p, 5)
		}
	}
	allow := refuses(k, kmsg.Metadata, kmsg.OffsetFetch, kmsg.Fetch)
	id, _ := one.source.client.GroupMetadata()
	two.leave()
	producer := kafkatest.Dial(t, k)
	for p := range int32(2) {
		kafkatest.Produce(t, producer, kafkatest.Numbered("t", p, "after", 5)...)
		commits(t, k, "t", p, 10)
	}
	kafkatest.Await(t, "the trouble to be told", func() bool { return one.board.Is("topic u") != "" })
	allow()
	for p := range int32(2) {
		kafkatest.Produce(t, kafkatest.Dial(t, k), kafkatest.Numbered("u", p, "later", 5)...)
		commits(t, k, "u", p, 10)
	}
	if now, _ := one.source.client.GroupMetadata(); now != id {
		t.Error("the membership was lost meanwhile")
	}
}

// An offset that is refused is asked for again, though the client does not, and trouble lasts until then.
func TestOffsetIsRefused(t *testing.T) {
	t.Parallel()
	for name, topics := range map[string][]string{"names": {"t", "u"}, "a pattern": {"/^[tu]$/"}} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			k := withU(t)
			allow := refuses(k, kmsg.OffsetFetch)
			m := join(t, k, func(o *Options) { o.Topics = topics })
			commits(t, k, "t", 1, 5)
			kafkatest.Await(t, "the trouble to be told", func() bool { return m.board.Is("partition u/1") != "" })
			allow()
			commits(t, k, "u", 0, 5)
			commits(t, k, "u", 1, 5)
			kafkatest.Await(t, "the trouble to be over", func() bool { return m.board.Is("partition u/1") == "" })
			if n := len(m.sink.times()); n != 10 || m.sink.count() != 20 {
				t.Errorf("%d records, %d messages", n, m.sink.count())
			}
		})
	}
}

// What is set aside and assigned to somebody else is left alone.
func TestPartitionSetAsideAndRevokedIsLeftAlone(t *testing.T) {
	t.Parallel()
	k := withU(t)
	m := join(t, k, bothTopics)
	kafkatest.Await(t, "all partitions", func() bool { return m.owned() == 4 })
	allow := refuses(k, kmsg.Metadata)
	defer allow()
	of := map[string][]int32{"u": {0, 1}}
	m.source.onLost(t.Context(), m.source.client, of)
	m.source.onAssigned(t.Context(), m.source.client, of)
	if len(m.source.asides.All()) == 0 || len(m.source.client.PauseFetchPartitions(nil)) == 0 {
		t.Fatal("not set aside")
	}
	m.source.onRevoked(t.Context(), m.source.client, of)
	if left := m.source.asides.All(); len(left) != 0 {
		t.Errorf("looked for further: %v", left)
	}
	if paused := m.source.client.PauseFetchPartitions(nil); len(paused["u"]) != 0 {
		t.Errorf("paused for whoever is given them: %v", paused)
	}
}

// The client may assign what is assigned: what is there ends, and with it its pause, and what is in
// flight of it may settle.
func TestPartitionAssignedTwiceBeginsAnew(t *testing.T) {
	t.Parallel()
	k := kafkatest.Cluster(t, 1)
	m := build(t, k)
	m.slow.holds(func(string) bool { return true })
	m.run()
	kafkatest.Produce(t, kafkatest.Dial(t, k), append(kafkatest.Numbered("t", 0, "a", 3), kafkatest.Numbered("t", 0, "slow", 1)...)...)
	kafkatest.Await(t, "a record in flight", func() bool { n, _ := m.window.Held(); return n == 1 })
	earlier := m.assignment("t", 0)
	m.source.pause([]*assignment{earlier})
	again := make(chan struct{})
	go func() {
		defer close(again)
		m.source.onAssigned(context.Background(), m.source.client, map[string][]int32{"t": {0}})
	}()
	kafkatest.Await(t, "the earlier one to be taken from the poll loop", func() bool { return m.assignment("t", 0) != earlier })
	m.slow.holds(nil)
	<-again
	if !earlier.part.Closed() || m.assignment("t", 0) == nil {
		t.Error("the earlier assignment goes on")
	}
	if got := kafkatest.Committed(k, group, "t", 0); got != 4 {
		t.Errorf("%d is committed of it", got)
	}
	if paused := m.source.client.PauseFetchPartitions(nil); len(paused) != 0 {
		t.Errorf("still paused: %v", paused)
	}
}

// Of a topic whose offsets are refused, an empty list is left: where it begins is not looked up, as that
// would be refused for all with it.
func TestBeginningsBesideRefusedTopic(t *testing.T) {
	t.Parallel()
	k := withU(t)
	m := build(t, k)
	kafkatest.Await(t, "the client's own beginning", func() bool { a := m.assignment("t", 0); return a != nil && a.begun() })
	allow := refuses(k, kmsg.Metadata)
	defer allow()
	ctx, cancel := context.WithTimeout(t.Context(), 10*time.Second)
	defer cancel()
	offsets, err := m.source.adjustOffsets(ctx, map[string]map[int32]kgo.Offset{"t": {0: kgo.NewOffset().AtStart()}, "u": {}})
	if err != nil || offsets["t"][0].EpochOffset().Offset != 0 {
		t.Errorf("%v, %v", offsets, err)
	}
}

// What is read is left paused where it is, when a refusal turns out to be of the assignment before.
func TestLateRefusalKeepsPause(t *testing.T) {
	t.Parallel()
	m := owner(t, kafkatest.Cluster(t, 1))
	a := m.assignment("t", 0)
	m.source.pause([]*assignment{a})
	m.source.refused(a.TopicPartition, errors.New("late"))
	m.source.takeUp(t.Context())
	if paused := m.source.client.PauseFetchPartitions(nil); !slices.Contains(paused["t"], 0) || !a.paused.Load() {
		t.Errorf("the client pauses %v", paused)
	}
	if told := m.board.Is("partition t/0"); told != "" {
		t.Errorf("it is told: %s", told)
	}
}
