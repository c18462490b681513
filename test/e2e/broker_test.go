package e2e

import (
	"context"
	"errors"
	"fmt"
	"testing"
	"time"

	"github.com/twmb/franz-go/pkg/kadm"
	"github.com/twmb/franz-go/pkg/kerr"
	"github.com/twmb/franz-go/pkg/kgo"

	"github.com/sluice-bridge/sluice/fake"
	"github.com/sluice-bridge/sluice/test/parts"
)

// broker is a Kafka that a test may fill and read back.
type broker struct {
	addr     string
	client   *kgo.Client
	admin    *kadm.Client
	embedded *fake.Kafka // nil for Apache Kafka
}

// onBothKafkas runs a test with Apache Kafka and with the embedded one.
func onBothKafkas(t *testing.T, test func(t *testing.T, b *broker)) {
	t.Run("apache", func(t *testing.T) { test(t, connect(t, parts.Kafka(t))) })
	t.Run("embedded", func(t *testing.T) { test(t, embedded(t)) })
}

// embedded starts a Kafka for a test alone, for what does not depend on the broker.
func embedded(t *testing.T) *broker {
	t.Helper()
	k, err := fake.StartKafka(fake.KafkaOptions{})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(k.Close)
	b := connect(t, k.Addresses()[0])
	b.embedded = k
	return b
}

func connect(t *testing.T, addr string) *broker {
	c, err := kgo.NewClient(kgo.SeedBrokers(addr), kgo.ProducerLinger(5*time.Millisecond),
		kgo.RecordPartitioner(kgo.StickyKeyPartitioner(nil)), kgo.MetadataMinAge(100*time.Millisecond))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(c.Close)
	return &broker{addr: addr, client: c, admin: kadm.NewClient(c)}
}

// topic creates a topic of a name that no other test uses.
func (b *broker) topic(t *testing.T, name string, partitions int32) string {
	name = fmt.Sprintf("%s-%s", name, unique())
	if _, err := b.admin.CreateTopic(t.Context(), partitions, 1, nil, name); err != nil {
		t.Fatal(err)
	}
	return name
}

// newLeaders begins another leader epoch in all partitions, where the broker can be told to.
func (b *broker) newLeaders(t *testing.T, topic string, partitions int32) {
	t.Helper()
	if b.embedded == nil {
		return
	}
	for p := range partitions {
		if err := b.embedded.Cluster.MoveTopicPartition(topic, p, b.embedded.Cluster.LeaderFor(topic, p)); err != nil {
			t.Fatal(err)
		}
	}
}

// produce writes records and waits until all are acknowledged.
func (b *broker) produce(t *testing.T, records []*kgo.Record) {
	t.Helper()
	if err := b.client.ProduceSync(t.Context(), records...).FirstErr(); err != nil {
		t.Fatal("producing:", err)
	}
}

// committed waits until a group has committed the end of every partition of the topics.
func (b *broker) committed(t *testing.T, group string, topics ...string) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), 30*time.Second)
	defer cancel()
	for {
		ends, err := b.admin.ListEndOffsets(ctx, topics...)
		if err != nil {
			t.Fatal("listing end offsets:", err)
		}
		offsets := b.offsets(t, group)
		behind := ""
		ends.Each(func(o kadm.ListedOffset) {
			at, ok := offsets.Lookup(o.Topic, o.Partition)
			if o.Offset > 0 && (!ok || at.At != o.Offset) {
				behind = fmt.Sprintf("%s/%d: committed %d, end %d", o.Topic, o.Partition, at.At, o.Offset)
			}
		})
		if behind == "" {
			return
		}
		select {
		case <-ctx.Done():
			t.Fatalf("group %s has not committed what was settled: %s", group, behind)
		case <-time.After(50 * time.Millisecond):
		}
	}
}

// offsets returns what a group has committed; nothing while nobody has joined it.
func (b *broker) offsets(t *testing.T, group string) kadm.OffsetResponses {
	t.Helper()
	offsets, err := b.admin.FetchOffsets(t.Context(), group)
	if err != nil && !errors.Is(err, kerr.GroupIDNotFound) {
		t.Fatal("fetching committed offsets:", err)
	}
	return offsets
}

// deadLetters reads a dead-letter topic until it has n records.
func (b *broker) deadLetters(t *testing.T, topic string, n int) []*kgo.Record {
	t.Helper()
	c, err := kgo.NewClient(kgo.SeedBrokers(b.addr), kgo.ConsumeTopics(topic), kgo.ConsumeStartOffset(kgo.NewOffset().AtStart()),
		kgo.MetadataMinAge(100*time.Millisecond))
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close()
	ctx, cancel := context.WithTimeout(t.Context(), 30*time.Second)
	defer cancel()
	var all []*kgo.Record
	for len(all) < n {
		f := c.PollFetches(ctx)
		if ctx.Err() != nil {
			t.Fatalf("%d dead letters in %s, want %d", len(all), topic, n)
		}
		all = append(all, f.Records()...)
	}
	return all
}

// end returns how many records a topic has, over all its partitions; 0 where there is no such topic.
func (b *broker) end(t *testing.T, topic string) int64 {
	t.Helper()
	ends, err := b.admin.ListEndOffsets(t.Context(), topic)
	if err != nil {
		t.Fatal("listing end offsets:", err)
	}
	var n int64
	ends.Each(func(o kadm.ListedOffset) { n += max(o.Offset, 0) })
	return n
}

// letters is where a group's dead letters go unless it says otherwise.
func letters(group string) string { return group + ".dead-letter" }

// noDeadLetters checks that nothing of a group was dead-lettered.
func (b *broker) noDeadLetters(t *testing.T, group string) {
	t.Helper()
	if n := b.end(t, letters(group)); n > 0 {
		t.Errorf("%d dead letters, such as %s", n, b.deadLetters(t, letters(group), 1)[0].Headers)
	}
}

// committedAt sums what a group has committed over the partitions of a topic.
func (b *broker) committedAt(t *testing.T, group, topic string) int64 {
	t.Helper()
	var n int64
	b.offsets(t, group).Each(func(o kadm.OffsetResponse) {
		if o.Topic == topic {
			n += max(o.At, 0)
		}
	})
	return n
}
