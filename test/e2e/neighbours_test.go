package e2e

import (
	"encoding/base64"
	"encoding/json"
	"fmt"
	"maps"
	"strings"
	"testing"

	"github.com/twmb/franz-go/pkg/kgo"

	"github.com/sluice-bridge/sluice/fake"
)

// TestFailingMessageHoldsUpOnlyItsGroup lets one message fail again and again: of a FIFO
// destination its group waits, of a standard one nobody does, and all arrives in order when it is
// taken.
func TestFailingMessageHoldsUpOnlyItsGroup(t *testing.T) {
	b := embedded(t)
	a := cloud(t, fake.Options{})
	ways := fourWays(t, b, a, 2)
	group := "heldback-" + unique()
	const each, accounts, bad = 400, 20, 45
	fault := a.Inject(fake.Fault{
		When:   func(e fake.Entry) bool { return strings.Contains(e.Body, fmt.Sprintf(`"seq":%d}`, bad)) },
		Effect: fake.FailEntry("InternalError", false),
	})
	records := feed(t, b, ways, each, accounts, 0)
	p := start(t, waysConfig(b, a, group, ways, quickRetry, ""))
	for _, w := range ways {
		held := 1
		if w.fifo() { // and all that follows in its account
			held = (each - bad + accounts - 1) / accounts
		}
		w.end.wait(t, each-held)
		if n := w.end.distinct(); n != each-held {
			t.Errorf("%s: %d events arrived, want %d", w.target, n, each-held)
		}
	}
	fault.Remove()
	b.committed(t, group, topicsOf(ways)...)
	p.stop()
	for i, w := range ways {
		w.end.allArrived(t, records[i])
		w.checkOrder(t)
	}
	b.noDeadLetters(t, group)
}

// TestIdenticalRecordsAllArrive sends records that are equal in key and value: each of them arrives, at FIFO
// destinations too, for they are different records.
func TestIdenticalRecordsAllArrive(t *testing.T) {
	b := embedded(t)
	a := cloud(t, fake.Options{})
	ways := fourWays(t, b, a, 3)
	group := "identical-" + unique()
	const each = 55
	for _, w := range ways {
		var records []*kgo.Record
		for range each {
			records = append(records, &kgo.Record{Topic: w.topic, Key: []byte("same"), Value: []byte(`{"id":"same"}`)})
		}
		b.produce(t, records)
	}
	p := start(t, waysConfig(b, a, group, ways, "", ""))
	b.committed(t, group, topicsOf(ways)...)
	p.stop()
	for _, w := range ways {
		places := map[string]bool{}
		for _, m := range w.end.queue.Messages() {
			places[m.Attributes["kafka_position"].String] = true
		}
		if n := w.end.queue.Count(); n != each || len(places) != each {
			t.Errorf("%s: %d messages of %d records, want %d", w.target, n, len(places), each)
		}
	}
}

// TestAttributesBeyondTenAreFolded fills the ten attributes: what does not fit is folded into one, and raw
// subscribers, for whom SNS discards messages with more, get all.
func TestAttributesBeyondTenAreFolded(t *testing.T) {
	b := embedded(t)
	a := cloud(t, fake.Options{})
	ways := fourWays(t, b, a, 1)
	group := "budget-" + unique()
	const traceparent = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01"
	for _, w := range ways {
		b.produce(t, []*kgo.Record{{
			Topic: w.topic, Key: []byte("k"), Value: []byte("\xff"), Headers: []kgo.RecordHeader{{Key: "traceparent", Value: []byte(traceparent)}},
		}})
	}
	p := start(t, waysConfig(b, a, group, ways, `attributes: {a: '"1"', b: '"2"', c: '"3"', d: '"4"'}`, ""))
	b.committed(t, group, topicsOf(ways)...)
	p.stop()
	b.noDeadLetters(t, group)
	for _, w := range ways {
		got := w.end.queue.Messages()
		if len(got) != 1 {
			t.Fatalf("%s: %d messages, want 1", w.target, len(got))
		}
		attributes := got[0].Attributes
		var folded map[string]string
		text := []byte(attributes["kafka_headers"].String)
		if w.service == fake.SNS {
			text, _ = base64.StdEncoding.DecodeString(attributes["kafka_headers_base64"].String)
		}
		_ = json.Unmarshal(text, &folded)
		if len(attributes) != 10 || attributes["d"].String != "4" || !maps.Equal(folded, map[string]string{"kafka_key": "k", "traceparent": traceparent}) {
			t.Errorf("%s: %d attributes: %v", w.target, len(attributes), attributes)
		}
	}
}
