package consumer

import (
	"context"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/twmb/franz-go/pkg/kerr"
	"github.com/twmb/franz-go/pkg/kfake"
	"github.com/twmb/franz-go/pkg/kgo"
	"github.com/twmb/franz-go/pkg/kmsg"

	"github.com/sluice-bridge/sluice/bridge/bridgetest"
	"github.com/sluice-bridge/sluice/bridge/kafka/kafkatest"
	"github.com/sluice-bridge/sluice/bridge/kafka/reader"
	"github.com/sluice-bridge/sluice/bridge/kafka/single"
	"github.com/sluice-bridge/sluice/bridge/kafka/watch"
)

// A transaction that stays open is told of with its producer, and the records behind it count as lag.
func TestOpenTransactionIsTold(t *testing.T) {
	t.Parallel()
	k := kafkatest.Cluster(t, 1)
	m := owner(t, k)
	a, now := m.assignment("t", 0), time.Now()
	kafkatest.Await(t, "a beginning", func() bool { return a.part.Committable().Offset == 0 })
	producer := kafkatest.Dial(t, k, kgo.TransactionalID("orders-tx"), kgo.TransactionTimeout(15*time.Minute))
	if err := producer.BeginTransaction(); err != nil {
		t.Fatal(err)
	}
	kafkatest.Produce(t, producer, kafkatest.Numbered("t", 0, "a", 5)...)
	kafkatest.Produce(t, kafkatest.Dial(t, k), kafkatest.Numbered("t", 0, "b", 3)...)
	m.source.lookAtLogs(t.Context(), now)
	if lag := m.source.Lag(); lag != 8 {
		t.Errorf("the lag is %d", lag)
	}
	m.source.lookAtLogs(t.Context(), now.Add(watch.StuckAfter-time.Second))
	if text := m.board.Is(watch.StallKey(a.TopicPartition)); text != "" {
		t.Errorf("told too soon: %s", text)
	}
	m.source.lookAtLogs(t.Context(), now.Add(watch.StuckAfter))
	text := m.board.Is(watch.StallKey(a.TopicPartition))
	for _, want := range []string{"8 records wait", "offset 0", "producer id", `"orders-tx" (Ongoing, begun at 20`, "ended by Kafka after 15m0s)", "--start-offset 0"} {
		if !strings.Contains(text, want) {
			t.Errorf("%q lacks %q", text, want)
		}
	}
	if err := producer.EndTransaction(context.Background(), kgo.TryCommit); err != nil {
		t.Fatal(err)
	}
	kafkatest.Await(t, "the records", func() bool {
		n, _ := m.source.poll(t.Context(), 100)
		return n > 0
	})
	m.source.lookAtLogs(t.Context(), now.Add(watch.StuckAfter+time.Second))
	if text := m.board.Is(watch.StallKey(a.TopicPartition)); text != "" {
		t.Errorf("still told: %s", text)
	}
}

// A partition whose beginning the client asks for again and again, and says nothing, is told of.
func TestPartitionWithoutABeginningIsTold(t *testing.T) {
	t.Parallel()
	k := kafkatest.Cluster(t, 1)
	kafkatest.Produce(t, kafkatest.Dial(t, k), kafkatest.Numbered("t", 0, "a", 3)...)
	open := k.Cluster.Fault(kfake.Fault{Keys: []kmsg.Key{kmsg.OffsetFetch}, Err: kerr.UnstableOffsetCommit, Count: -1})
	m, now := build(t, k), time.Now()
	kafkatest.Await(t, "an assignment", func() bool { return m.assignment("t", 0) != nil })
	a := m.assignment("t", 0)
	m.source.lookAtLogs(t.Context(), now)
	m.source.lookAtLogs(t.Context(), now.Add(watch.StuckAfter-time.Second))
	if text := m.board.Is(watch.StallKey(a.TopicPartition)); text != "" {
		t.Errorf("told too soon: %s", text)
	}
	m.source.lookAtLogs(t.Context(), now.Add(watch.StuckAfter))
	if text := m.board.Is(watch.StallKey(a.TopicPartition)); !strings.Contains(text, "no offset of the group to begin at") || !strings.Contains(text, "UNSTABLE_OFFSET_COMMIT") {
		t.Errorf("told %q", text)
	}
	open.Remove()
	kafkatest.Await(t, "a beginning", func() bool { return a.part.Committable().Offset == 0 })
	m.source.lookAtLogs(t.Context(), now.Add(watch.StuckAfter+time.Second))
	if text := m.board.Is(watch.StallKey(a.TopicPartition)); text != "" {
		t.Errorf("still told: %s", text)
	}
}

// A log that ends before what was read of it is told of for as long as no broker says where it was cut off.
func TestShortLogIsTold(t *testing.T) {
	t.Parallel()
	k := kafkatest.Cluster(t, 1)
	kafkatest.Produce(t, kafkatest.Dial(t, k), kafkatest.Numbered("t", 0, "a", 3)...)
	k.Cluster.Fault(kfake.Fault{Keys: []kmsg.Key{kmsg.OffsetForLeaderEpoch}, Err: kerr.KafkaStorageError, Count: -1})
	m, now := owner(t, k), time.Now()
	a := m.assignment("t", 0)
	kafkatest.Await(t, "a beginning", func() bool { return a.part.Committable().Offset == 0 })
	a.Next.Store(10)
	m.source.lookAtLogs(t.Context(), now)
	m.source.lookAtLogs(t.Context(), now.Add(watch.StuckAfter-time.Second))
	if text := m.board.Is(watch.StallKey(a.TopicPartition)); text != "" {
		t.Errorf("told too soon: %s", text)
	}
	m.source.lookAtLogs(t.Context(), now.Add(watch.StuckAfter))
	text := m.board.Is(watch.StallKey(a.TopicPartition))
	for _, want := range []string{"ends at offset 3", "read up to 10", "KAFKA_STORAGE_ERROR"} {
		if !strings.Contains(text, want) {
			t.Errorf("%q lacks %q", text, want)
		}
	}
	a.Next.Store(3)
	m.source.lookAtLogs(t.Context(), now.Add(watch.StuckAfter+time.Second))
	if text := m.board.Is(watch.StallKey(a.TopicPartition)); text != "" {
		t.Errorf("still told: %s", text)
	}
}

// A partition that begins at the start of its log, wherever that is, is well while it has no records.
func TestPartitionAtAnUnknownStartIsWell(t *testing.T) {
	t.Parallel()
	k := kafkatest.Cluster(t, 1)
	away := k.Cluster.Fault(kfake.Fault{Keys: []kmsg.Key{kmsg.ListOffsets}, Err: kerr.KafkaStorageError, Count: -1})
	m := owner(t, k)
	a, now := m.assignment("t", 0), time.Now()
	if mark := a.part.Committable().Offset; mark >= 0 {
		t.Fatalf("it begins at %d", mark)
	}
	away.Remove()
	for range 3 {
		m.source.lookAtLogs(t.Context(), now)
		now = now.Add(watch.StuckAfter)
		if text := m.board.Is(watch.StallKey(a.TopicPartition)); text != "" {
			t.Errorf("told %q", text)
		}
	}
	if !m.source.reachedEnd() {
		t.Errorf("the lag is %d", m.source.Lag())
	}
}

// A partition that only its leader cannot read is told of with the reason, and not once it is another
// member's.
func TestStallIsToldWithItsCause(t *testing.T) {
	t.Parallel()
	k := kafkatest.Cluster(t, 1)
	m := owner(t, k)
	a, now := m.assignment("t", 0), time.Now()
	kafkatest.Await(t, "a beginning", func() bool { return a.part.Committable().Offset == 0 })
	k.Cluster.Fault(kfake.Fault{Keys: []kmsg.Key{kmsg.Fetch}, Err: kerr.KafkaStorageError, Count: -1})
	kafkatest.Produce(t, kafkatest.Dial(t, k), kafkatest.Numbered("t", 0, "a", 1)...)
	m.source.lookAtLogs(t.Context(), now)
	m.source.throttles.OnBrokerThrottle(kgo.BrokerMetadata{NodeID: 77}, 5*time.Millisecond, true) // which explains nothing
	m.source.throttles.Look(time.Now().Add(logsEvery))
	m.source.lookAtLogs(t.Context(), now.Add(watch.StuckAfter))
	if text := m.board.Is(watch.StallKey(a.TopicPartition)); !strings.Contains(text, "KAFKA_STORAGE_ERROR") {
		t.Errorf("told %q", text)
	}
	m.source.onRevoked(t.Context(), m.source.client, map[string][]int32{"t": {0}})
	if text := m.board.Is(watch.StallKey(a.TopicPartition)); text != "" {
		t.Errorf("still told of another member's partition: %s", text)
	}
}

// A broker is not said to give no records while there is room for none.
func TestStallWithoutRoomIsNotTheBrokers(t *testing.T) {
	t.Parallel()
	k := kafkatest.Cluster(t, 1)
	m := owner(t, k)
	a, now := m.assignment("t", 0), time.Now()
	kafkatest.Await(t, "a beginning", func() bool { return a.part.Committable().Offset == 0 })
	kafkatest.Produce(t, kafkatest.Dial(t, k), kafkatest.Numbered("t", 0, "a", 1)...)
	m.source.lookAtLogs(t.Context(), now)
	m.source.empty.Add(1) // before the window was full
	const much = 1 << 40
	m.window.Hold(much, much)
	m.source.lookAtLogs(t.Context(), now.Add(watch.StuckAfter))
	if text := m.board.Is(watch.StallKey(a.TopicPartition)); text != "" {
		t.Errorf("told %q", text)
	}
	m.window.Release(much, much)
	m.source.lookAtLogs(t.Context(), now.Add(watch.StuckAfter))
	if text := m.board.Is(watch.StallKey(a.TopicPartition)); !strings.Contains(text, "gives no reason") {
		t.Errorf("told %q", text)
	}
}

// A group that another application is in is told of as that.
func TestInconsistentGroupIsExplained(t *testing.T) {
	t.Parallel()
	m := build(t, kafkatest.Cluster(t, 1))
	(&hooks{m.source}).OnGroupManageError(kerr.InconsistentGroupProtocol)
	if text := m.board.Was(m.source.key()); !strings.Contains(text, "another application is in it") {
		t.Errorf("told %q", text)
	}
}

// What the broker says of an end that it does not know is told, if it says so twice in a row: one answer may be that
// of a leader which is just none any more.
func TestUnansweredHasItsCause(t *testing.T) {
	t.Parallel()
	k := kafkatest.Cluster(t, 1)
	m := owner(t, k)
	a := m.assignment("t", 0)
	kafkatest.Await(t, "a beginning", func() bool { return a.part.Committable().Offset == 0 })
	look := func() string {
		m.source.lookAtLogs(t.Context(), time.Now())
		return m.board.Is("partition t/0")
	}
	for range 2 {
		election := k.Cluster.Fault(kfake.Fault{Keys: []kmsg.Key{kmsg.ListOffsets}, Err: kerr.NotLeaderForPartition, Count: -1})
		if text := look(); text != "" || election.Hits() == 0 {
			t.Errorf("told after %d answers: %q", election.Hits(), text)
		}
		election.Remove()
		if text := look(); text != "" {
			t.Errorf("told when it is over: %q", text)
		}
	}
	k.Cluster.Fault(kfake.Fault{Keys: []kmsg.Key{kmsg.ListOffsets}, Err: kerr.KafkaStorageError, Count: -1})
	look()
	if text := look(); !strings.Contains(text, "KAFKA_STORAGE_ERROR") {
		t.Errorf("told %q", text)
	}
}

// A quota that holds the client up for most of a minute is told, while records wait, and counted.
func TestThrottlingIsTold(t *testing.T) {
	t.Parallel()
	k := kafkatest.Cluster(t, 1)
	m := build(t, k)
	a := m.standIn(10)
	a.highWatermark.Store(20)
	now := time.Now()
	m.source.throttles.Look(now)
	pass := func(held time.Duration) string {
		m.source.throttles.OnBrokerThrottle(kgo.BrokerMetadata{NodeID: 3}, held, true)
		now = now.Add(logsEvery)
		m.source.lookAtThrottles(now)
		return m.board.Is(m.source.throttleKey())
	}
	var text string
	for end := now.Add(watch.StuckAfter); now.Before(end); {
		if text != "" {
			t.Errorf("told too soon: %s", text)
		}
		text = pass(logsEvery * 8 / 10)
	}
	if !strings.Contains(text, "broker 3 throttles this client, by 8s within the last 10s") {
		t.Errorf("told %q", text)
	}
	if seconds := bridgetest.Counted(t, m.metrics, "sluice_kafka_throttled_seconds_total", "group", group); seconds != 48 {
		t.Errorf("%v seconds are counted", seconds)
	}
	if text = pass(time.Second); text != "" {
		t.Errorf("still told: %s", text)
	}
	for range 6 { // one answer may hold up for long
		text = pass(0)
	}
	if text != "" {
		t.Errorf("told without a quota: %s", text)
	}
	pass(3 * watch.StuckAfter)
	for end := now.Add(watch.StuckAfter); now.Before(end); {
		text = pass(0)
	}
	if text == "" {
		t.Error("one long throttle is not told")
	}
	a.highWatermark.Store(10)
	if text = pass(logsEvery); text != "" {
		t.Errorf("told though nothing waits: %s", text)
	}
	m.source.gate.Lock()
	clear(m.source.assigned)
	m.source.gate.Unlock()
	if text = pass(logsEvery); text == "" {
		t.Error("a client that is held up from joining does not say so")
	}
}

// The client tells of what brokers hold up.
func TestThrottlingIsSeen(t *testing.T) {
	t.Parallel()
	k := kafkatest.Cluster(t, 1)
	m := build(t, k)
	k.Cluster.ControlKey(int16(kmsg.Fetch), func(req kmsg.Request) (kmsg.Response, error, bool) {
		resp, _ := req.ResponseKind().(*kmsg.FetchResponse)
		resp.ThrottleMillis = 20
		return resp, nil, true
	})
	kafkatest.Await(t, "a throttle", func() bool {
		return bridgetest.Counted(t, m.metrics, "sluice_kafka_throttled_seconds_total", "group", group) > 0
	})
}

// What the log holds behind the last record, and nobody can read, is no lag.
func TestNothingBehindTheEndIsNoLag(t *testing.T) {
	t.Parallel()
	m, a := readingAlone(t, true)
	a.highWatermark.Store(20)
	if lag := m.source.Lag(); lag != 10 {
		t.Errorf("the lag is %d", lag)
	}
	a.alone.Deliver(single.Finding{Batch: reader.Batch{Next: 20}})
	m.source.seeAlone(func(*assignment, *alone) {})
	if lag := m.source.Lag(); lag != 0 {
		t.Errorf("the lag is %d, and there is no record", lag)
	}
}

// A commit for which time is over says whether a quota is why, and never what the library calls it.
func TestCommitUnderAQuotaIsTold(t *testing.T) {
	t.Parallel()
	m := build(t, kafkatest.Cluster(t, 1))
	told := func() string {
		m.source.commits.Judge(fmt.Errorf("committing: %w", context.DeadlineExceeded))
		return m.board.Is("commit " + group)
	}
	if text := told(); text != "offsets cannot be committed: no answer in time" {
		t.Errorf("told %q", text)
	}
	m.source.throttles.OnBrokerThrottle(kgo.BrokerMetadata{NodeID: 3}, time.Second, true) // which is no reason
	if text := told(); strings.Contains(text, "throttles") {
		t.Errorf("told %q", text)
	}
	m.source.throttles.OnBrokerThrottle(kgo.BrokerMetadata{NodeID: 3}, 20*time.Second, true)
	if text := told(); !strings.Contains(text, "offsets cannot be committed: broker 3 throttles this client, by 21s within the last 21s; raise the quota") {
		t.Errorf("told %q", text)
	}
}
