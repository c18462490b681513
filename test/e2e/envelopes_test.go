package e2e

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"

	cloudevents "github.com/cloudevents/sdk-go/v2/event"
	"github.com/twmb/franz-go/pkg/kgo"

	"github.com/sluice-bridge/sluice/fake"
)

// TestEnvelopesHoldRecordsOfEachShape sends records of each shape to a queue with each envelope, to
// a topic with reshaped CloudEvents, and with headers forwarded.
func TestEnvelopesHoldRecordsOfEachShape(t *testing.T) {
	headers := []kgo.RecordHeader{{Key: "tenant", Value: []byte("acme")}, {Key: "x-sum", Value: []byte("\xff\x00")},
		{Key: "x-try", Value: []byte("1")}, {Key: "x-try", Value: []byte("2")}, {Key: "secret", Value: []byte("s")}}
	records := []kgo.Record{
		{Key: []byte("k"), Value: []byte(`{"id": "o-1",  "total": 1.50}`), Headers: headers},
		{Key: []byte("k"), Value: []byte("plain <text>\n€")},
		{Key: []byte("\xff"), Value: []byte("caf\xe9\x00")},
		{Key: []byte("gone"), Value: nil},
	}
	onBothKafkas(t, func(t *testing.T, b *broker) {
		a := cloud(t, fake.Options{Queues: []string{"raw", "json", "events"}})
		sub := fanOut(t, a, "shaped.fifo", "shaped-sub.fifo")
		group, topic := "envelopes-"+unique(), b.topic(t, "orders", 1)
		var all []*kgo.Record
		for _, r := range records {
			r.Topic = topic
			all = append(all, &r)
		}
		b.produce(t, all)
		p := start(t, fmt.Sprintf(`
kafka: {brokers: [%q], group: %s}
aws: {region: eu-west-1, endpoint: %q}
destinations:
  raw: {sqs: raw, forward_headers: ["x-*", "tenan?"]}
  json: {sqs: json, envelope: json}
  events: {sqs: events, envelope: cloudevents}
  shaped:
    sns: %q
    envelope: cloudevents
    body: 'type(value) == string ? {"text": value} : {"id": value.id, "total": value.total}'
    cloudevents: {type: '"order.seen"', source: '"/shop/" + string(partition)', subject: value.id}
rules:
  - {name: whole, topics: [%s], when: 'type(value) == map', to: [raw, json, events, shaped]}
  - {name: all, topics: [%s], to: [raw, json, events]}
commit_interval: 200ms
admin: {listen: ADMIN}
`, b.addr, group, a.URL, a.Topic("shaped.fifo").ARN, topic, topic))
		b.committed(t, group, topic)
		p.stop()
		b.noDeadLetters(t, group)

		raw := inPlace(t, a.Queue("raw"), len(records))
		if got := raw[0]; got.Body != string(records[0].Value) || got.Attributes["tenant"].String != "acme" || got.Attributes["secret"].String != "" ||
			got.Attributes["kafka_headers"].String != `{"x-sum":{"base64":"/wA="},"x-try":["1","2"]}` {
			t.Errorf("raw: %s with %v", got.Body, got.Attributes)
		}
		for i, m := range inPlace(t, a.Queue("json"), len(records)) {
			want := []string{
				`{"key":"k","value":{"id": "o-1",  "total": 1.50},"headers":{"tenant":"acme","x-try":["1","2"],"secret":"s"},"headers_base64":{"x-sum":"/wA="},`,
				`{"key":"k","value":"plain <text>\n€","headers":{},`,
				`{"key_base64":"/w==","value_base64":"Y2Fm6QA=","headers":{},`,
				`{"key":"gone","value":null,"headers":{},`,
			}[i] + fmt.Sprintf(`"topic":%q,"partition":0,"offset":%d,"timestamp":"`, topic, i)
			if !strings.HasPrefix(m.Body, want) || !json.Valid([]byte(m.Body)) {
				t.Errorf("json: %s, want %s", m.Body, want)
			}
		}
		ids := map[string]bool{}
		for i, m := range inPlace(t, a.Queue("events"), len(records)) {
			e := cloudEvent(t, m)
			if ids[e.ID()] || e.Source() != "/kafka/"+topic || e.Type() != "kafka.record" || string(e.Data()) != string(records[i].Value) {
				t.Errorf("events: %s", m.Body)
			}
			ids[e.ID()] = true
			if want := map[bool]string{true: "true"}[records[i].Value == nil]; m.Attributes["kafka_tombstone"].String != want || m.Attributes["content_encoding"].String != "" {
				t.Errorf("events: %s is marked %v", m.Body, m.Attributes)
			}
		}
		shaped := cloudEvent(t, inPlace(t, sub, 1)[0])
		if shaped.Type() != "order.seen" || shaped.Source() != "/shop/0" || shaped.Subject() != "o-1" || string(shaped.Data()) != `{"id":"o-1","total":1.5}` {
			t.Errorf("shaped: %s", shaped)
		}
	})
}

// inPlace returns the n messages of a queue in the order of their records.
func inPlace(t *testing.T, q *fake.Queue, n int) []fake.Message {
	t.Helper()
	out := make([]fake.Message, n)
	for _, m := range q.Messages() {
		var i int
		if _, err := fmt.Sscanf(m.Attributes["kafka_position"].String, "0:%d", &i); err != nil || i >= n {
			t.Fatalf("%s: %v", q.Name, m.Attributes)
		}
		out[i] = m
	}
	if q.Count() != n {
		t.Fatalf("%s: %d messages, want %d", q.Name, q.Count(), n)
	}
	return out
}

// cloudEvent reads a body as others do.
func cloudEvent(t *testing.T, m fake.Message) cloudevents.Event {
	t.Helper()
	var e cloudevents.Event
	if err := json.Unmarshal([]byte(m.Body), &e); err != nil {
		t.Fatalf("%s: %v", m.Body, err)
	}
	if err := e.Validate(); err != nil {
		t.Fatalf("%s: %v", m.Body, err)
	}
	return e
}
