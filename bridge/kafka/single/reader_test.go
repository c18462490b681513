package single

import (
	"context"
	"errors"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/twmb/franz-go/pkg/kadm"
	"github.com/twmb/franz-go/pkg/kgo"
	"github.com/twmb/franz-go/pkg/kmsg"

	"github.com/sluice-bridge/sluice/bridge/kafka"
	"github.com/sluice-bridge/sluice/bridge/kafka/kafkatest"
	"github.com/sluice-bridge/sluice/bridge/kafka/reader"
	"github.com/sluice-bridge/sluice/bridge/offsets"
	"github.com/sluice-bridge/sluice/fake"
	"github.com/sluice-bridge/sluice/internal/turn"
)

// read reads the batch of partition 0 at an offset of a cluster's topic, with 1 MiB of memory.
func read(t *testing.T, k *fake.Kafka, topic string, b *Batch) (reader.Batch, error) {
	t.Helper()
	r := &Reader{Connection: kafka.Connection{Brokers: k.Addresses()}}
	return r.read(t.Context(), offsets.NewTracker(topic, 0, originOf(t, k), nil), b, 1<<20)
}

// originOf is that of topic t.
func originOf(t *testing.T, k *fake.Kafka) offsets.TopicIdentity {
	t.Helper()
	origins, err := kafka.Origins(t.Context(), kadm.NewClient(kafkatest.Dial(t, k)), []string{"t"})
	if err != nil {
		t.Fatal(err)
	}
	return origins["t"]
}

// A topic that is another one now, or is gone, is the client's concern: it asks by identity.
func TestBatchOfAnotherTopicIsLeftToTheClient(t *testing.T) {
	t.Parallel()
	k := kafkatest.Cluster(t, 1)
	r := &Reader{Connection: kafka.Connection{Brokers: k.Addresses()}}
	for name, topic := range map[string]string{"made again": "t", "deleted": "deleted"} {
		if _, err := r.read(t.Context(), offsets.NewTracker(topic, 0, offsets.TopicIdentity{}, nil), NewBatch(0, -1, false), 1<<20); !errors.Is(err, errClients) {
			t.Errorf("%s: %v", name, err)
		}
	}
	if _, err := read(t, k, "t", NewBatch(10, -1, false)); !errors.Is(err, errClients) {
		t.Errorf("behind the end of the log: %v", err)
	}
}

// The end of a transaction is settled, whoever reads it.
func TestEndOfATransactionIsSettled(t *testing.T) {
	t.Parallel()
	k := kafkatest.Cluster(t, 1)
	kafkatest.Transaction(t, kafkatest.Dial(t, k, kgo.TransactionalID(t.Name())), "a", 5, kgo.TryCommit)
	b, err := read(t, k, "t", NewBatch(5, -1, false))
	if err != nil || b.Next != 6 || len(b.Records) != 1 || !b.Records[0].Attrs.IsControl() {
		t.Errorf("%+v, %v", b, err)
	}
}

// What is found is not taken for what follows, where a later leader has begun below it.
func TestBatchBehindACutIsNotTakenForWhatFollows(t *testing.T) {
	t.Parallel()
	k := kafkatest.Cluster(t, 1)
	client := kafkatest.Dial(t, k)
	kafkatest.Produce(t, client, kafkatest.Numbered("t", 0, "a", 10)...)
	first, err := read(t, k, "t", NewBatch(0, -1, false))
	if err != nil {
		t.Fatal(err)
	}
	if err := k.Cluster.MoveTopicPartition("t", 0, k.Cluster.LeaderFor("t", 0)); err != nil {
		t.Fatal(err)
	}
	kafkatest.Produce(t, client, kafkatest.Numbered("t", 0, "b", 5)...)
	x := NewBatch(10, first.Epoch, false)
	if b, err := read(t, k, "t", x); err != nil || len(b.Records) == 0 || b.Epoch == x.Epoch {
		t.Fatalf("%d records of epoch %d, as those before are of %d: %v", len(b.Records), b.Epoch, x.Epoch, err)
	}
	k.Cluster.ControlKey(int16(kmsg.OffsetForLeaderEpoch), func(r kmsg.Request) (kmsg.Response, error, bool) {
		k.Cluster.KeepControl()
		return kafkatest.EndsAt(r, 7, first.Epoch), nil, true
	})
	var cut *Cut
	if _, err := read(t, k, "t", x); !errors.As(err, &cut) || cut.Offset != 7 || cut.Epoch != first.Epoch {
		t.Fatalf("not seen: %v", err)
	}
	r := &Reader{Connection: kafka.Connection{Brokers: k.Addresses()}, Turn: turn.New(), Window: offsets.NewWindow(10, 1<<20)}
	r.Read(t.Context(), offsets.NewTracker("t", 0, originOf(t, k), r.Window), x, func(text string) { t.Errorf("reported: %s", text) })
	if f := x.Found(); f == nil || f.Cut == nil || f.Cut.Offset != 7 {
		t.Errorf("found: %+v", f)
	}
}

// Whoever stops does not wait for a broker that takes a connection and says nothing.
func TestReadingEndsBesideASilentBroker(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		r := &Reader{Connection: kafka.Connection{Brokers: []string{"broker:9092"}, Dial: kafkatest.Silent}, Turn: turn.New(), Window: offsets.NewWindow(10, 1<<20)}
		kafkatest.EndsWithContext(t, func(ctx context.Context) {
			r.Read(ctx, offsets.NewTracker("t", 0, offsets.TopicIdentity{}, r.Window), NewBatch(0, -1, false), func(text string) { t.Errorf("reported: %s", text) })
		})
	})
}

// A broker that throttles answers without records: what is read by itself says so.
func TestThrottledFetchIsTold(t *testing.T) {
	t.Parallel()
	k := kafkatest.Cluster(t, 1)
	k.Cluster.ControlKey(int16(kmsg.Fetch), func(req kmsg.Request) (kmsg.Response, error, bool) {
		k.Cluster.KeepControl()
		resp, _ := req.ResponseKind().(*kmsg.FetchResponse)
		resp.ThrottleMillis = 20
		return resp, nil, true
	})
	if _, err := read(t, k, "t", NewBatch(0, -1, false)); err == nil || !strings.Contains(err.Error(), "throttles this client, by 20ms") {
		t.Errorf("%v", err)
	}
}

// A batch waits five minutes for memory, from when that was first too little: not for having waited for its
// turn before. It is tried again where there is more by a part, and in the end.
func TestBatchWaitsForMemoryUntilItsTimeIsOver(t *testing.T) {
	began := time.Now()
	at := func(minutes int) time.Time { return began.Add(time.Duration(minutes) * time.Minute) }
	s := shortage{}
	if !s.tryAgain(10, 100, at(60)) || !s.lasts(10, 100, at(60)) {
		t.Error("it is given up on for what it waited before")
	}
	for room, again := range map[int64]bool{5: false, 11: false, 12: true, 100: true} {
		if s.tryAgain(room, 100, at(61)) != again {
			t.Errorf("tried again with %d: %v", room, !again)
		}
	}
	if !s.lasts(50, 100, at(64)) || s.tryAgain(50, 100, at(64)) || !s.tryAgain(50, 100, at(65)) {
		t.Error("it is not tried when it should be")
	}
	if s.lasts(50, 100, at(65)) {
		t.Error("it waits for longer than it may")
	}
	if all := (&shortage{}); all.lasts(100, 100, began) {
		t.Error("it waits for more than there is")
	}
}
