package e2e

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/twmb/franz-go/pkg/kgo"

	"github.com/sluice-bridge/sluice/fake"
)

// bomb writes records as one batch that is small in Kafka and large unpacked.
func (b *broker) bomb(t *testing.T, records []*kgo.Record) {
	t.Helper()
	c, err := kgo.NewClient(kgo.SeedBrokers(b.addr), kgo.RecordPartitioner(kgo.ManualPartitioner()), kgo.ProducerLinger(time.Second),
		kgo.ProducerBatchMaxBytes(90<<20), kgo.ProducerBatchCompression(kgo.ZstdCompression()))
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close()
	if err := c.ProduceSync(t.Context(), records...).FirstErr(); err != nil {
		t.Fatal("producing:", err)
	}
}

// TestBatchTooLargeBecomesADeadLetter has a batch among good records that the bridge has no memory for:
// what is behind it arrives everywhere, one dead letter of the shared group names it, and what Kafka
// has of it is sent by the command that redrive prints.
func TestBatchTooLargeBecomesADeadLetter(t *testing.T) {
	onBothKafkas(t, func(t *testing.T, b *broker) {
		a := cloud(t, fake.Options{Queues: []string{"orders", "ledger.fifo"}})
		orders, ledger := watch(a.Queue("orders")), watch(a.Queue("ledger.fifo"))
		group, topic := "bomb-"+unique(), b.topic(t, "orders", 1)
		good, bad := events(topic, 40, 5, 0), events(topic, 300, 5, 1000)
		pad := strings.Repeat("0", 150_000)
		for _, r := range bad {
			r.Value = append(r.Value[:len(r.Value)-1], `,"pad":"`+pad+`"}`...)
		}
		b.produce(t, good[:20])
		b.bomb(t, bad)
		b.produce(t, good[20:])
		config := isolatedConfig(b, a, group, topic, "isolated: true", "ledger")
		config = strings.Replace(config, "in_flight: 1000", "in_flight: 1000, in_flight_bytes: 8MiB", 1)

		p := start(t, config)
		orders.wait(t, len(good))
		ledger.wait(t, len(good))
		b.committed(t, group, topic)
		b.committed(t, group+".ledger", topic)
		orders.allArrived(t, good)
		ledger.allArrived(t, good)
		if n := p.metric(`sluice_dead_letters_total{reason="batch_too_large"}`); n != "1" {
			t.Errorf("%s dead letters are counted", n)
		}
		if code, body := p.get("/readyz"); code != 200 {
			t.Errorf("not ready: %s", body)
		}
		p.stop()
		if n := b.end(t, letters(group)); n != 1 {
			t.Fatalf("%d dead letters", n)
		}
		for _, h := range b.deadLetters(t, letters(group), 1)[0].Headers {
			if want := map[string]string{"sluice-reason": "batch_too_large", "sluice-source": topic + "/0/20", "sluice-next-offset": "320",
				"sluice-batch-codec": "zstd"}[h.Key]; want != "" && want != string(h.Value) {
				t.Errorf("%s is %s, want %s", h.Key, h.Value, want)
			}
		}

		offsets := fmt.Sprintf("%s/0:20-319", topic)
		redrive := launch(t, "redrive", config, []string{"--dry-run"})
		if code := redrive.exitCode(); code != 0 || !strings.Contains(redrive.Out.String(), "--offset "+offsets+" --max-batch-bytes 1GiB") {
			t.Errorf("redrive ends with %d and prints %s%s", code, redrive.Out, redrive.Log)
		}
		replay := launch(t, "replay", config, []string{"--yes", "--offset", offsets, "--max-batch-bytes", "20MiB"})
		if code := replay.exitCode(); code != 1 || !strings.Contains(replay.Log.String(), "with a larger --max-batch-bytes") {
			t.Errorf("a replay with too little ends with %d and says %s", code, replay.Log)
		}
		got := resend(t, "replay", config, "--offset", offsets, "--max-batch-bytes", "1GiB")
		if got.code != 0 || got.Acknowledged["orders"] != 300 || got.Acknowledged["ledger"] != 300 {
			t.Errorf("%+v", got)
		}
		orders.noneMissing(t, append(good, bad...))
		ledger.noneMissing(t, append(good, bad...))
	})
}

// TestUnreadableBatchWaitsUntilAReload has a partition wait at a batch, as long as it is told to:
// readiness says so, and a reload has it go on.
func TestUnreadableBatchWaitsUntilAReload(t *testing.T) {
	b := embedded(t)
	a := cloud(t, fake.Options{Queues: []string{"orders", "ledger.fifo"}})
	orders := watch(a.Queue("orders"))
	group, topic := "waits-"+unique(), b.topic(t, "orders", 1)
	good, bad := events(topic, 40, 5, 0), events(topic, 300, 5, 1000)
	for _, r := range bad {
		r.Value = append(r.Value[:len(r.Value)-1], `,"pad":"`+strings.Repeat("0", 150_000)+`"}`...)
	}
	b.produce(t, good[:20])
	b.bomb(t, bad)
	b.produce(t, good[20:])
	config := strings.Replace(isolatedConfig(b, a, group, topic, "", ""), "in_flight: 1000", "in_flight: 1000, in_flight_bytes: 8MiB", 1)
	p := start(t, strings.Replace(config, "group: ", "unreadable: wait, group: ", 1))
	var said string
	p.await("trouble", func() bool {
		_, problems := p.problems()
		said = problems["partition "+topic+"/0"]
		return strings.Contains(said, "the batch of "+topic+"/0:20-319")
	})
	if !strings.Contains(said, "limits.in_flight_bytes") || !strings.Contains(said, "kafka.unreadable") {
		t.Errorf("no remedy: %s", said)
	}
	if at := b.committedAt(t, group, topic); at > 20 {
		t.Errorf("%d is committed", at)
	}
	p.reload(config)
	orders.wait(t, len(good))
	p.ready()
	b.committed(t, group, topic)
	p.stop()
	orders.allArrived(t, good)
	if n := b.end(t, letters(group)); n != 1 {
		t.Errorf("%d dead letters", n)
	}
}
