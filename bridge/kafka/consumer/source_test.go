package consumer

import (
	"context"
	"fmt"
	"testing"
	"time"

	"github.com/twmb/franz-go/pkg/kgo"

	"github.com/sluice-bridge/sluice/bridge/kafka/kafkatest"
)

// Records with a value, an empty one and none at all flow, and are committed.
func TestRecordsOfAnyValueFlowAndAreCommitted(t *testing.T) {
	t.Parallel()
	k := kafkatest.Cluster(t, 2)
	c := kafkatest.Dial(t, k)
	records := append(kafkatest.Numbered("t", 0, "a", 100), kafkatest.Numbered("t", 1, "b", 100)...)
	records = append(records, &kgo.Record{Topic: "t", Value: []byte{}}, &kgo.Record{Topic: "t"}, &kgo.Record{Topic: "t", Key: []byte{}, Headers: []kgo.RecordHeader{{Key: "h"}}})
	kafkatest.Produce(t, c, records...)
	m := join(t, k)
	commits(t, k, "t", 0, 103)
	commits(t, k, "t", 1, 100)
	m.leave()
	if m.err != nil {
		t.Error(m.err)
	}
	for body, n := range m.sink.times() {
		if n != 1 && body != "null" || body == "null" && n != 3 {
			t.Errorf("%s arrived %d times", body, n)
		}
	}
	if n := m.sink.count(); n != 203 {
		t.Errorf("%d arrived", n)
	}
	if records, bytes := m.window.Held(); records != 0 || bytes != 0 {
		t.Errorf("%d records, %d bytes are held after the end", records, bytes)
	}
}

// A stop waits for what is out, and commits it: who comes next reads nothing twice.
func TestStopCommitsWhatIsOut(t *testing.T) {
	t.Parallel()
	k := kafkatest.Cluster(t, 1)
	kafkatest.Produce(t, kafkatest.Dial(t, k), kafkatest.Numbered("t", 0, "a", 50)...)
	m := join(t, k)
	m.sink.holds(func(string) bool { return true })
	kafkatest.Await(t, "records in flight", func() bool { n, _ := m.window.Held(); return n == 50 })
	m.stop()
	select {
	case <-m.done:
		t.Fatal("stopped with requests out")
	case <-time.After(100 * time.Millisecond):
	}
	m.sink.holds(nil)
	<-m.done
	if got := kafkatest.Committed(k, group, "t", 0); got != 50 {
		t.Errorf("committed %d", got)
	}
}

// A stop that is cut short commits nothing that is not acknowledged.
func TestStopThatIsCutShortCommitsNothingUnacknowledged(t *testing.T) {
	t.Parallel()
	k := kafkatest.Cluster(t, 1)
	kafkatest.Produce(t, kafkatest.Dial(t, k), kafkatest.Numbered("t", 0, "a", 50)...)
	m := join(t, k)
	m.sink.holds(func(string) bool { return true })
	kafkatest.Await(t, "records in flight", func() bool { n, _ := m.window.Held(); return n == 50 })
	m.stop()
	m.abort()
	<-m.done
	m.sink.holds(nil)
	kafkatest.Await(t, "the late acknowledgement", func() bool { return m.sink.count() > 0 })
	if got := kafkatest.Committed(k, group, "t", 0); got > 0 {
		t.Errorf("committed %d", got)
	}
}

// A member that comes takes partitions over, and nothing is sent twice or lost.
func TestHandOverLosesAndRepeatsNothing(t *testing.T) {
	t.Parallel()
	k := kafkatest.Cluster(t, 4)
	c := kafkatest.Dial(t, k)
	one := join(t, k)
	kafkatest.Await(t, "four partitions", func() bool { return one.owned() == 4 })
	for p := range int32(4) {
		kafkatest.Produce(t, c, kafkatest.Numbered("t", p, fmt.Sprintf("%d-first-", p), 200)...)
	}
	two := join(t, k)
	kafkatest.Await(t, "two partitions each", func() bool { return one.owned() == 2 && two.owned() == 2 })
	for p := range int32(4) {
		kafkatest.Produce(t, c, kafkatest.Numbered("t", p, fmt.Sprintf("%d-second-", p), 200)...)
	}
	kafkatest.Await(t, "everything", func() bool { return one.sink.count()+two.sink.count() >= 1600 })
	one.leave()
	for p := range int32(4) {
		commits(t, k, "t", p, 400)
	}
	times := one.sink.times()
	for b, n := range two.sink.times() {
		times[b] += n
	}
	for b, n := range times {
		if n != 1 {
			t.Errorf("%s arrived %d times", b, n)
		}
	}
	if len(times) != 1600 {
		t.Errorf("%d arrived", len(times))
	}
}

// stopping starts a member with 20 records out on two partitions, and tells it to stop.
func stopping(t *testing.T) *member {
	t.Helper()
	k := kafkatest.Cluster(t, 2)
	m := join(t, k)
	kafkatest.Await(t, "two partitions", func() bool { return m.owned() == 2 })
	m.sink.holds(func(string) bool { return true })
	kafkatest.Produce(t, kafkatest.Dial(t, k), append(kafkatest.Numbered("t", 0, "a", 10), kafkatest.Numbered("t", 1, "b", 10)...)...)
	kafkatest.Await(t, "records in flight", func() bool { n, _ := m.window.Held(); return n == 20 })
	m.stop()
	kafkatest.Await(t, "the drain", func() bool { return m.owned() == 0 && len(m.source.held()) == 2 })
	return m
}

// A drain may take longer than a loop may stand still: it shows that it is alive.
func TestDrainShowsProgress(t *testing.T) {
	t.Parallel()
	m := stopping(t)
	was := m.source.Progress()
	kafkatest.Await(t, "both to move on", func() bool {
		is := m.source.Progress()
		return is[0] > was[0]+2 && is[1] > was[1]
	})
	m.sink.holds(nil)
	<-m.done
}

// What waits for a destination that is broken cannot be drained: a stop waits for the rest only.
func TestStopDoesNotWaitForABrokenDestination(t *testing.T) {
	t.Parallel()
	k := kafkatest.Cluster(t, 1)
	m := join(t, k, func(o *Options) { o.DrainTimeout = time.Hour })
	kafkatest.Await(t, "an owner", func() bool { return m.owned() == 1 })
	m.sink.holds(func(string) bool { return true })
	m.slow.mu.Lock()
	m.slow.gone = true
	m.slow.mu.Unlock()
	kafkatest.Produce(t, kafkatest.Dial(t, k), append(kafkatest.Numbered("t", 0, "fast", 5), kafkatest.Numbered("t", 0, "slow", 5)...)...)
	kafkatest.Await(t, "the destination to be broken", func() bool { return m.board.Is("destination slow") != "" })
	m.stop()
	select {
	case <-m.done:
		t.Error("did not wait for what can be sent")
	case <-time.After(3 * strandedCheck):
	}
	m.sink.holds(nil)
	select {
	case <-m.done:
	case <-time.After(20 * time.Second):
		t.Fatal("waits for what cannot be sent")
	}
	commits(t, k, "t", 0, 5)
}

// While a stop drains, the group may move the partitions: not before what is out is answered and
// committed, and then they are no longer this member's to commit.
func TestRevokedWhileStopping(t *testing.T) {
	t.Parallel()
	m := stopping(t)
	revoked := make(chan struct{})
	go func() {
		defer close(revoked)
		m.source.onRevoked(context.Background(), m.source.client, map[string][]int32{"t": {0, 1}})
	}()
	select {
	case <-revoked:
		t.Error("given up with requests out")
	case <-time.After(100 * time.Millisecond):
	}
	m.sink.holds(nil)
	<-revoked
	<-m.done
	if n := len(m.source.held()); n != 0 {
		t.Errorf("%d partitions are still held", n)
	}
}

// What is lost while a stop drains may have another owner already: nothing of it is committed.
func TestLostWhileStopping(t *testing.T) {
	t.Parallel()
	m := stopping(t)
	parts := m.source.held()
	m.source.onLost(context.Background(), m.source.client, map[string][]int32{"t": {0, 1}})
	for _, a := range parts {
		if !a.part.Closed() {
			t.Errorf("%s is still committed", a.TopicPartition)
		}
	}
	<-m.done // nothing is left to drain
}

// Callbacks come with empty maps as a matter of course.
func TestEmptyCallbacksChangeNothing(t *testing.T) {
	t.Parallel()
	k := kafkatest.Cluster(t, 1)
	kafkatest.Produce(t, kafkatest.Dial(t, k), kafkatest.Numbered("t", 0, "a", 5)...)
	m := join(t, k)
	commits(t, k, "t", 0, 5)
	m.source.onAssigned(t.Context(), m.source.client, nil)
	m.source.onRevoked(t.Context(), m.source.client, map[string][]int32{})
	m.source.onLost(t.Context(), m.source.client, map[string][]int32{})
	m.source.onRevoked(t.Context(), m.source.client, map[string][]int32{"other": {0, 1}})
	m.source.onLost(t.Context(), m.source.client, map[string][]int32{"t": {7}})
	if m.owned() != 1 {
		t.Fatalf("%d partitions", m.owned())
	}
	kafkatest.Produce(t, kafkatest.Dial(t, k), kafkatest.Numbered("t", 0, "b", 5)...)
	commits(t, k, "t", 0, 10)
}

// An acknowledgement after a revocation does not move the commit: the broker would not object.
func TestAcknowledgementAfterRevocationCommitsNothing(t *testing.T) {
	t.Parallel()
	k := kafkatest.Cluster(t, 1)
	kafkatest.Produce(t, kafkatest.Dial(t, k), kafkatest.Numbered("t", 0, "a", 20)...)
	m := join(t, k, func(o *Options) { o.RebalanceTimeout = 400 * time.Millisecond })
	m.sink.holds(func(string) bool { return true })
	kafkatest.Await(t, "records in flight", func() bool { n, _ := m.window.Held(); return n == 20 })
	a := m.assignment("t", 0)
	m.source.onRevoked(t.Context(), m.source.client, map[string][]int32{"t": {0}})
	if !a.part.Closed() || m.owned() != 0 {
		t.Fatal("still owned")
	}
	if n, b := m.window.Held(); n != 0 || b != 0 {
		t.Errorf("%d records, %d bytes are held for nobody", n, b)
	}
	before := kafkatest.Committed(k, group, "t", 0)
	turns := m.source.Progress()[1]
	m.sink.holds(nil)
	kafkatest.Await(t, "the late acknowledgement", func() bool { return m.sink.count() > 0 })
	kafkatest.Await(t, "the committer", func() bool { return m.source.Progress()[1] > turns+3 })
	if got := kafkatest.Committed(k, group, "t", 0); got != before {
		t.Errorf("committed %d, then %d", before, got)
	}
}

func TestTopicsAreReadByNameAndByExpression(t *testing.T) {
	t.Parallel()
	k := kafkatest.Cluster(t, 1)
	for _, topic := range []string{"iot.a", "iot.b", "xiot", "plain.topic", "plainxtopic"} {
		if err := k.Cluster.CreateTopic(topic, 1, nil); err != nil {
			t.Fatal(err)
		}
		kafkatest.Produce(t, kafkatest.Dial(t, k), &kgo.Record{Topic: topic, Value: []byte(topic)})
	}
	m := join(t, k, func(o *Options) { o.Topics = []string{`/^iot\./`, "plain.topic"} })
	kafkatest.Await(t, "three topics", func() bool { return m.sink.count() >= 3 })
	m.leave()
	if got := m.sink.times(); len(got) != 3 || got["iot.a"] != 1 || got["iot.b"] != 1 || got["plain.topic"] != 1 {
		t.Errorf("arrived: %v", got)
	}
}

// A destination that is stuck takes its share of the window and no more: its partition is paused,
// and the others flow; when it answers, everything arrives.
func TestStuckDestinationHoldsUpItsPartitionAlone(t *testing.T) {
	t.Parallel()
	k := kafkatest.Cluster(t, 2)
	c := kafkatest.Dial(t, k)
	m := join(t, k)
	kafkatest.Await(t, "two partitions", func() bool { return m.owned() == 2 })
	m.slow.holds(func(string) bool { return true })
	kafkatest.Produce(t, c, kafkatest.Numbered("t", 0, "slow", 5000)...)
	kafkatest.Await(t, "a pause", func() bool { a := m.assignment("t", 0); return a != nil && a.paused.Load() })
	kafkatest.Produce(t, c, kafkatest.Numbered("t", 1, "fast", 5000)...)
	kafkatest.Await(t, "the others", func() bool { return m.sink.count() == 5000 })
	if n, _ := m.window.Held(); n > 2000 {
		t.Errorf("%d records are held", n)
	}
	commits(t, k, "t", 1, 5000)
	m.slow.holds(nil)
	kafkatest.Await(t, "what waited", func() bool { return m.slow.count() == 5000 })
	commits(t, k, "t", 0, 5000)
	if m.assignment("t", 0).paused.Load() {
		t.Error("still paused")
	}
}

// A pause is by name and outlives an assignment in the client: a partition that comes back has to
// be read.
func TestPauseEndsWithAssignment(t *testing.T) {
	t.Parallel()
	k := kafkatest.Cluster(t, 2)
	c := kafkatest.Dial(t, k)
	one := join(t, k, func(o *Options) { o.RebalanceTimeout = 2 * time.Second })
	kafkatest.Await(t, "two partitions", func() bool { return one.owned() == 2 })
	one.slow.holds(func(string) bool { return true })
	kafkatest.Produce(t, c, append(kafkatest.Numbered("t", 0, "slow-a", 3000), kafkatest.Numbered("t", 1, "slow-b", 3000)...)...)
	paused := func(p int32) bool { a := one.assignment("t", p); return a != nil && a.paused.Load() }
	kafkatest.Await(t, "pauses", func() bool { return paused(0) && paused(1) })
	two := join(t, k)
	kafkatest.Await(t, "one partition each", func() bool { return one.owned() == 1 && two.owned() == 1 })
	one.slow.holds(nil)
	two.leave()
	kafkatest.Await(t, "both again", func() bool { return one.owned() == 2 })
	kafkatest.Produce(t, c, append(kafkatest.Numbered("t", 0, "fast-a", 1), kafkatest.Numbered("t", 1, "fast-b", 1)...)...)
	kafkatest.Await(t, "what is new", func() bool { return one.sink.count() == 2 })
	commits(t, k, "t", 0, 3001)
	commits(t, k, "t", 1, 3001)
}
