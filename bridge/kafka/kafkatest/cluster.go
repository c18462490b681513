package kafkatest

import (
	"context"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/twmb/franz-go/pkg/kadm"
	"github.com/twmb/franz-go/pkg/kfake"
	"github.com/twmb/franz-go/pkg/kgo"
	"github.com/twmb/franz-go/pkg/kmsg"

	"github.com/sluice-bridge/sluice/fake"
	"github.com/sluice-bridge/sluice/test/parts"
)

// Await waits until ok holds.
func Await(t testing.TB, what string, ok func() bool) {
	t.Helper()
	for deadline := time.Now().Add(time.Minute); !ok(); time.Sleep(5 * time.Millisecond) {
		if time.Now().After(deadline) {
			t.Fatalf("waited too long for %s", what)
		}
	}
}

// Cluster starts a Kafka with one topic, "t".
func Cluster(t testing.TB, partitions int32, extra ...kfake.Opt) *fake.Kafka {
	t.Helper()
	k, err := fake.StartKafka(fake.KafkaOptions{Topics: map[string]int32{"t": partitions}, Extra: extra})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(k.Close)
	return k
}

// Dial returns a client of a cluster that chooses partitions itself.
func Dial(t testing.TB, k *fake.Kafka, opts ...kgo.Opt) *kgo.Client {
	t.Helper()
	c, err := kgo.NewClient(append([]kgo.Opt{kgo.SeedBrokers(k.Addresses()...), kgo.RecordPartitioner(kgo.ManualPartitioner())}, opts...)...)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(c.Close)
	return c
}

// Produce writes records and waits for them.
func Produce(t testing.TB, c *kgo.Client, records ...*kgo.Record) {
	t.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), 20*time.Second)
	defer cancel()
	if err := c.ProduceSync(ctx, records...).FirstErr(); err != nil {
		t.Fatal(err)
	}
}

// Numbered makes n records of a partition whose values are prefix and number.
func Numbered(topic string, partition int32, prefix string, n int) []*kgo.Record {
	var all []*kgo.Record
	for i := range n {
		all = append(all, &kgo.Record{Topic: topic, Partition: partition, Value: fmt.Appendf(nil, "%s%d", prefix, i)})
	}
	return all
}

// Committed returns what the group has committed for a partition, or -1.
func Committed(k *fake.Kafka, group, topic string, partition int32) int64 {
	info := k.Cluster.GroupInfo(group)
	if info == nil {
		return -1
	}
	c, ok := info.Commits[topic][partition]
	if !ok {
		return -1
	}
	return c.Offset
}

// Client returns a client of brokers that chooses partitions itself.
func Client(t *testing.T, brokers []string, opts ...kgo.Opt) *kgo.Client {
	t.Helper()
	c, err := kgo.NewClient(append(opts, kgo.SeedBrokers(brokers...), kgo.RecordPartitioner(kgo.ManualPartitioner()))...)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(c.Close)
	return c
}

// EachKafka runs a test against the embedded broker and against Apache Kafka, with a new topic.
func EachKafka(t *testing.T, partitions int32, test func(t *testing.T, brokers []string, topic string)) {
	topic := strings.ToLower(t.Name()) + fmt.Sprint(time.Now().UnixNano())
	t.Run("embedded", func(t *testing.T) {
		k, err := fake.StartKafka(fake.KafkaOptions{Brokers: 2, Topics: map[string]int32{topic: partitions}})
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(k.Close)
		test(t, k.Addresses(), topic)
	})
	t.Run("real", func(t *testing.T) {
		brokers := []string{parts.Kafka(t)}
		admin := kadm.NewClient(Client(t, brokers))
		if _, err := admin.CreateTopic(t.Context(), partitions, 1, nil, topic); err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { _, _ = admin.DeleteTopic(context.Background(), topic) })
		test(t, brokers, topic)
	})
}

// ProduceTimed produces records, each in a batch of its own, with their number for a timestamp in seconds.
func ProduceTimed(t *testing.T, c *kgo.Client, topic string, partition int32, seconds ...int64) {
	t.Helper()
	for _, s := range seconds {
		r := &kgo.Record{Topic: topic, Partition: partition, Timestamp: time.Unix(1_700_000_000+s, 0), Value: fmt.Append(nil, s)}
		if err := c.ProduceSync(t.Context(), r).FirstErr(); err != nil {
			t.Fatal(err)
		}
	}
}

// EndsAt answers that the log of partition 0 ended at an offset in a leader epoch.
func EndsAt(r kmsg.Request, end int64, epoch int32) kmsg.Response {
	resp := r.ResponseKind().(*kmsg.OffsetForLeaderEpochResponse)
	topic := kmsg.NewOffsetForLeaderEpochResponseTopic()
	topic.Topic = "t"
	p := kmsg.NewOffsetForLeaderEpochResponseTopicPartition()
	p.EndOffset, p.LeaderEpoch = end, epoch
	topic.Partitions = append(topic.Partitions, p)
	resp.Topics = append(resp.Topics, topic)
	return resp
}

// Transaction produces n records to partition 0 in a transaction, and ends it.
func Transaction(t *testing.T, c *kgo.Client, prefix string, n int, end kgo.TransactionEndTry) {
	t.Helper()
	if err := c.BeginTransaction(); err != nil {
		t.Fatal(err)
	}
	Produce(t, c, Numbered("t", 0, prefix, n)...)
	if err := c.EndTransaction(context.Background(), end); err != nil {
		t.Fatal(err)
	}
}
