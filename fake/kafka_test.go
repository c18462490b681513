package fake_test

import (
	"testing"

	"github.com/twmb/franz-go/pkg/kgo"

	"github.com/sluice-bridge/sluice/fake"
)

func TestKafkaTakesAndServesRecords(t *testing.T) {
	k, err := fake.StartKafka(fake.KafkaOptions{Topics: map[string]int32{"orders": 3}})
	if err != nil {
		t.Fatal(err)
	}
	defer k.Close()
	c, err := kgo.NewClient(kgo.SeedBrokers(k.Addresses()...), kgo.ConsumeTopics("orders"), kgo.ConsumerGroup("g"))
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close()
	if err := c.ProduceSync(deadline(t), &kgo.Record{Topic: "orders", Value: []byte("x")}).FirstErr(); err != nil {
		t.Fatal(err)
	}
	got := c.PollFetches(deadline(t))
	if err := got.Err(); err != nil || got.NumRecords() != 1 {
		t.Fatalf("%d records, %v", got.NumRecords(), err)
	}
}
