package simulate

import (
	"fmt"
	"testing"

	"github.com/twmb/franz-go/pkg/kgo"

	"github.com/sluice-bridge/sluice/fake"
)

// The embedded Kafka is as it has to be to have the tail of a log cut off: what is left is read, and what comes
// then takes the offsets of what was lost, in a new leader epoch.
func TestTailOfALogCanBeCutOff(t *testing.T) {
	t.Parallel()
	k, err := fake.StartKafka(fake.KafkaOptions{Topics: map[string]int32{"t": 1}})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(k.Close)
	c, err := kgo.NewClient(kgo.SeedBrokers(k.Addresses()...), kgo.DefaultProduceTopic("t"), kgo.DisableIdempotentWrite(), kgo.MaxProduceRequestsInflightPerBroker(1),
		kgo.ConsumePartitions(map[string]map[int32]kgo.Offset{"t": {0: kgo.NewOffset().AtStart()}}))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(c.Close)
	write := func(prefix string, batches int) {
		for i := range batches {
			records := []*kgo.Record{kgo.StringRecord(fmt.Sprintf("%s%d", prefix, 2*i)), kgo.StringRecord(fmt.Sprintf("%s%d", prefix, 2*i+1))}
			if err := c.ProduceSync(t.Context(), records...).FirstErr(); err != nil {
				t.Fatal(err)
			}
		}
	}
	write("a", 3)
	cutAt, in := int64(-1), int32(-1)
	if err := truncate(k.Cluster, "t", 0, 3, func(end int64, epoch int32) { cutAt, in = end, epoch }); err != nil {
		t.Fatal(err)
	}
	if cutAt != 2 || in != 1 {
		t.Errorf("it is cut at %d and goes on in epoch %d, not at the batch of offset 3 in epoch 1", cutAt, in)
	}
	write("b", 1)
	var got []string
	for len(got) < 4 {
		fetches := c.PollFetches(t.Context())
		if err := fetches.Err(); err != nil {
			t.Fatal(err)
		}
		fetches.EachRecord(func(r *kgo.Record) { got = append(got, fmt.Sprintf("%d %d %s", r.Offset, r.LeaderEpoch, r.Value)) })
	}
	if want := "[0 0 a0 1 0 a1 2 1 b0 3 1 b1]"; fmt.Sprint(got) != want {
		t.Errorf("%v is read, not %s", got, want)
	}
	if err := truncate(k.Cluster, "t", 7, 0, nil); err == nil {
		t.Error("a partition that is not there is cut")
	}
}

// The request OffsetForLeaderEpoch is answered as Kafka does (KIP-320): by the latest epoch that is not above the one asked for.
func TestEndOfEpochIsToldAsKafkaDoes(t *testing.T) {
	t.Parallel()
	h := history{epochs: []epoch{{0, 0}, {3, 10}, {5, 25}}}
	for asked, want := range map[int32][2]int64{0: {0, 10}, 1: {0, 10}, 3: {3, 25}, 4: {3, 25}, 5: {5, 40}, 6: {-1, -1}} {
		if number, end := h.end(asked, 40); int64(number) != want[0] || end != want[1] {
			t.Errorf("epoch %d is said to be %d and to end at %d, not %v", asked, number, end, want)
		}
	}
	later := history{epochs: []epoch{{3, 10}}}
	if number, end := later.end(1, 40); number != 1 || end != 10 {
		t.Errorf("an epoch from before the log is said to be %d and to end at %d", number, end)
	}
}
