package e2e

import (
	"bytes"
	"fmt"
	"strconv"
	"strings"
	"testing"

	"github.com/twmb/franz-go/pkg/kgo"

	"github.com/sluice-bridge/sluice/fake"
)

// TestOversizedRecordsBecomeDeadLetters sends records at the limits of SQS (1 MiB) and SNS (256
// KiB), attributes included, and a byte above. What is too large is in the dead-letter topic, whole,
// and does not hold up the rest.
func TestOversizedRecordsBecomeDeadLetters(t *testing.T) {
	onBothKafkas(t, func(t *testing.T, b *broker) {
		a := cloud(t, fake.Options{Queues: []string{"plain"}})
		sub := fanOut(t, a, "alerts", "alerts-sub")
		group := "sizes-" + unique()
		large, medium := b.bigTopic(t, "large"), b.bigTopic(t, "medium")
		var records []*kgo.Record
		add := func(topic string, size int) {
			r := &kgo.Record{Topic: topic, Value: bytes.Repeat([]byte{'x'}, size), Headers: []kgo.RecordHeader{{Key: "x-correlation-id", Value: []byte("c")}}}
			records = append(records, r)
		}
		room := func(topic string, limit int) int { return limit - overhead(topic) }
		// Four of each, at offsets of one digit: at the limit, above it, at it again, far above.
		add(large, room(large, 1<<20))
		add(large, room(large, 1<<20)+1)
		add(large, room(large, 1<<20))
		add(large, 3<<20)
		add(medium, room(medium, 256<<10))
		add(medium, room(medium, 256<<10)+1)
		add(medium, room(medium, 256<<10))
		add(medium, 300<<10)
		// Control characters make a value a third larger: too large only once it is coded.
		binary := &kgo.Record{Topic: medium, Value: bytes.Repeat([]byte{1}, 200<<10)}
		records = append(records, binary)
		b.produceBig(t, records)
		p := start(t, fmt.Sprintf(`
kafka: {brokers: [%q], group: %s}
aws: {region: eu-west-1, endpoint: %q}
destinations: {plain: {sqs: plain}, alerts: {sns: %q}}
rules:
  - {name: large, topics: [%s], to: [plain]}
  - {name: medium, topics: [%s], to: [alerts]}
commit_interval: 200ms
admin: {listen: ADMIN}
`, b.addr, group, a.URL, a.Topic("alerts").ARN, large, medium))
		b.committed(t, group, large, medium)
		p.stop()
		for q, want := range map[*fake.Queue]int{a.Queue("plain"): room(large, 1<<20), sub: room(medium, 256<<10)} {
			if q.Count() != 2 {
				t.Errorf("%s: %d messages, want 2", q.Name, q.Count())
			}
			for _, m := range q.Messages() {
				if len(m.Body) != want {
					t.Errorf("%s: a body of %d bytes, want %d", q.Name, len(m.Body), want)
				}
			}
		}
		const want = 5
		if n := b.end(t, letters(group)); n != want {
			t.Errorf("%d dead letters, want %d", n, want)
		}
		for _, r := range b.deadLetters(t, letters(group), want) {
			h := headersOf(r)
			from := h["sluice-source"]
			at, _ := strconv.Atoi(from[strings.LastIndex(from, "/")+1:])
			if strings.HasPrefix(from, medium) {
				at += 4
			}
			if h["sluice-reason"] != "too_large" || h["sluice-attempts"] != "0" || !bytes.Equal(r.Value, records[at].Value) {
				t.Errorf("dead letter of %s: %d bytes, want %d; %v", from, len(r.Value), len(records[at].Value), h)
			}
		}
	})
}

// TestRequestsHoldNoMoreBytesThanTheServiceTakes sends ten records of 200 KB that come in one poll:
// no request holds more bytes than the service takes, and each record is sent once.
func TestRequestsHoldNoMoreBytesThanTheServiceTakes(t *testing.T) {
	b := embedded(t)
	a := cloud(t, fake.Options{})
	ways := fourWays(t, b, a, 1)
	group := "packing-" + unique()
	for _, w := range ways {
		size := 200_000
		if w.service == fake.SNS {
			size = 60_000
		}
		records := make([]*kgo.Record, 10)
		for i := range records {
			value := fmt.Sprintf(`{"id":"%s#%d","account":"a%d","seq":%d,"pad":"%s"}`, w.topic, i, i, i, strings.Repeat("p", size))
			records[i] = &kgo.Record{Topic: w.topic, Key: fmt.Appendf(nil, "a%d", i), Value: []byte(value)}
			b.produce(t, records[i:i+1])
		}
	}
	p := start(t, waysConfig(b, a, group, ways, "batch: {linger: 1s}", ""))
	b.committed(t, group, topicsOf(ways)...)
	p.stop()
	for _, w := range ways {
		w.end.allArrived(t, events(w.topic, 10, 10, 0))
		if n := w.entries(anyRequest); n != 10 {
			t.Errorf("%s: %d messages were sent for 10 records", w.target, n)
		}
		// Five of 200 KB fit into 1 MiB, four of 60 KB into 256 KiB.
		if n := w.traffic.RequestCount(w.action()); n < 2 || n > 4 {
			t.Errorf("%s: %d requests", w.target, n)
		}
	}
	b.noDeadLetters(t, group)
}

// overhead is what the attributes of a record count, whose correlation id and offset are of one
// character, and whose key is null.
func overhead(topic string) int {
	n := 0
	for name, value := range map[string]string{
		"correlation_id": "c", "kafka_topic": topic, "kafka_position": "0:1", "kafka_timestamp": "1700000000000",
	} {
		n += len(name) + len("String") + len(value)
	}
	return n
}

// bigTopic makes a topic of one partition that takes records of 4 MiB.
func (b *broker) bigTopic(t *testing.T, name string) string {
	t.Helper()
	name += "-" + unique()
	most := strconv.Itoa(4 << 20)
	if _, err := b.admin.CreateTopic(t.Context(), 1, 1, map[string]*string{"max.message.bytes": &most}, name); err != nil {
		t.Fatal(err)
	}
	return name
}

// produceBig writes records of up to 4 MiB.
func (b *broker) produceBig(t *testing.T, records []*kgo.Record) {
	t.Helper()
	c, err := kgo.NewClient(kgo.SeedBrokers(b.addr), kgo.ProducerBatchMaxBytes(4<<20), kgo.ProducerBatchCompression(kgo.NoCompression()))
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close()
	if err := c.ProduceSync(t.Context(), records...).FirstErr(); err != nil {
		t.Fatal("producing:", err)
	}
}
