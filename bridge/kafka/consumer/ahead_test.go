package consumer

import (
	"bytes"
	"testing"

	"github.com/twmb/franz-go/pkg/kgo"

	"github.com/sluice-bridge/sluice/bridge/kafka/kafkatest"
	"github.com/sluice-bridge/sluice/bridge/offsets"
)

// takesAll is an intake that keeps nothing.
type takesAll struct{ Intake }

func (takesAll) Accept(_ *offsets.Tracker, records []*kgo.Record) (int, string) {
	return len(records), ""
}

func (takesAll) Flush()                        {}
func (takesAll) Sweep()                        {}
func (takesAll) Stranded() map[offsets.Ack]int { return nil }

// Behind records that do not pack comes a backlog that packs a thousandfold, from all partitions at once:
// what the client holds of it stays within the budget, and all of it comes in the end.
func TestBacklogThatPacksStaysWithinTheBudget(t *testing.T) {
	t.Parallel()
	const partitions, batches, records = 6, 8, 8 // of 1 MiB
	k := kafkatest.Cluster(t, partitions)
	m := build(t, k) // does not run: this test is its poll loop
	m.swap(takesAll{})
	kafkatest.Await(t, "all partitions", func() bool { return m.owned() == partitions })
	client := kafkatest.Dial(t, k)
	got := 0
	poll := func() bool {
		n, _ := m.source.poll(t.Context(), mostRecords)
		m.source.work(t.Context())
		got += n
		if held := m.source.client.BufferedFetchBytes(); held > m.source.ahead.Budget() {
			t.Fatalf("the client holds %d bytes, of a budget of %d", held, m.source.ahead.Budget())
		}
		return n > 0
	}
	plain := kafkatest.Noise(100_000)
	for range 100 {
		kafkatest.Produce(t, client, &kgo.Record{Topic: "t", Value: plain})
		kafkatest.Await(t, "a record that does not pack", poll)
	}
	if m.source.ahead.Asked < 100<<10 {
		t.Fatalf("%d bytes are asked, which bounds what comes in any case", m.source.ahead.Asked)
	}
	packs := kafkatest.Dial(t, k, kgo.ProducerBatchMaxBytes(10<<20), kgo.ProducerBatchCompression(kgo.ZstdCompression()))
	zeros := bytes.Repeat([]byte{'0'}, 1<<20)
	for range batches {
		var all []*kgo.Record
		for i := range partitions * records {
			all = append(all, &kgo.Record{Topic: "t", Partition: int32(i % partitions), Value: zeros})
		}
		kafkatest.Produce(t, packs, all...)
	}
	got = 0
	kafkatest.Await(t, "all that pack", func() bool {
		poll()
		m.source.seeAlone(func(a *assignment, x *alone) { t.Errorf("%v is read alone", a.TopicPartition) })
		return got >= partitions*batches*records
	})
}
