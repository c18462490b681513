package e2e

import (
	"bytes"
	"encoding/json"
	"fmt"
	"reflect"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/twmb/franz-go/pkg/kgo"

	"github.com/sluice-bridge/sluice/fake"
)

// odd is a record of which no byte may change on its way to the dead letters.
func odd(topic string) *kgo.Record {
	return &kgo.Record{Topic: topic, Key: []byte("\x00key\xff"), Value: []byte("va\xfflue\x00"), Headers: []kgo.RecordHeader{
		{Key: "a", Value: []byte("\xff\x00")}, {Key: "a", Value: []byte("twice")}, {Key: "sluice-reason", Value: []byte("of an earlier life")},
		{Key: "empty", Value: []byte{}},
	}}
}

// TestDeadLetterHoldsItsRecordByteForByte compares a dead letter in Kafka with the record that it was, byte for byte,
// and its headers with what they should say.
func TestDeadLetterHoldsItsRecordByteForByte(t *testing.T) {
	onBothKafkas(t, func(t *testing.T, b *broker) {
		a := cloud(t, fake.Options{})
		w := toQueue(t, b, a, "orders", 1)
		group := "letters-" + unique()
		before := time.Now()
		b.produce(t, []*kgo.Record{odd(w.topic), {Topic: w.topic}})
		a.Inject(fake.Fault{Action: w.action(), Effect: fake.FailEntry("InvalidMessageContents", true)})
		p := start(t, waysConfig(b, a, group, []*way{w}, "", ""))
		b.committed(t, group, w.topic)
		p.stop()
		got := b.deadLetters(t, letters(group), 2)
		slices.SortFunc(got, func(x, y *kgo.Record) int {
			return strings.Compare(headersOf(x)["sluice-source"], headersOf(y)["sluice-source"])
		})
		for i, want := range []*kgo.Record{odd(w.topic), {}} {
			r := got[i]
			if !bytes.Equal(r.Key, want.Key) || !bytes.Equal(r.Value, want.Value) || (r.Key == nil) != (want.Key == nil) || (r.Value == nil) != (want.Value == nil) {
				t.Errorf("key %q and value %q, want %q and %q", r.Key, r.Value, want.Key, want.Value)
			}
			var kept, added []string
			for _, h := range r.Headers {
				if strings.HasPrefix(h.Key, "sluice-") {
					added = append(added, h.Key)
				} else {
					kept = append(kept, fmt.Sprintf("%s=%q", h.Key, h.Value))
				}
			}
			var wantKept []string
			for _, h := range want.Headers {
				if !strings.HasPrefix(h.Key, "sluice-") {
					wantKept = append(wantKept, fmt.Sprintf("%s=%q", h.Key, h.Value))
				}
			}
			if !slices.Equal(kept, wantKept) {
				t.Errorf("headers %v, want %v", kept, wantKept)
			}
			slices.Sort(added)
			if names := []string{"sluice-attempts", "sluice-destination", "sluice-error", "sluice-reason", "sluice-rule", "sluice-source", "sluice-source-timestamp", "sluice-timestamp"}; !slices.Equal(added, names) {
				t.Errorf("added headers %v, want %v", added, names)
			}
			h := headersOf(r)
			at, err := time.Parse(time.RFC3339Nano, h["sluice-timestamp"])
			if err != nil || at.Before(before.Add(-time.Second)) || at.After(time.Now()) {
				t.Errorf("sluice-timestamp %q", h["sluice-timestamp"])
			}
			delete(h, "sluice-timestamp")
			if ms, err := strconv.ParseInt(h["sluice-source-timestamp"], 10, 64); err != nil || ms > at.UnixMilli() || ms < before.Add(-time.Second).UnixMilli() {
				t.Errorf("sluice-source-timestamp %q", h["sluice-source-timestamp"])
			}
			for name, want := range map[string]string{
				"sluice-reason": "rejected", "sluice-rule": "orders", "sluice-destination": "orders", "sluice-attempts": "1",
				"sluice-source": fmt.Sprintf("%s/0/%d", w.topic, i), "sluice-error": "InvalidMessageContents: Injected failure.",
			} {
				if h[name] != want {
					t.Errorf("%s is %q, want %q", name, h[name], want)
				}
			}
		}
	})
}

// envelope is the form of a dead letter on SQS.
type envelope struct {
	Reason, Error, Rule, Destination, Source, Timestamp string
	Attempts                                            int
	Key                                                 []byte `json:"key_base64"`
	Value                                               []byte `json:"value_base64"`
	Headers                                             []struct {
		Name  string
		Value []byte `json:"value_base64"`
	}
}

// TestDeadLettersGoToAQueueInAnEnvelope sends dead letters to a queue: each record whole, in an envelope, once.
func TestDeadLettersGoToAQueueInAnEnvelope(t *testing.T) {
	onBothKafkas(t, func(t *testing.T, b *broker) {
		a := cloud(t, fake.Options{Queues: []string{"dead", "dead.fifo"}})
		for _, dead := range []string{"dead", "dead.fifo"} {
			t.Run(dead, func(t *testing.T) {
				q := a.Queue(dead)
				group, topic := "letters-"+unique(), b.topic(t, "orders", 1)
				reasons := []string{"undecodable", "unmatched"}
				b.produce(t, []*kgo.Record{odd(topic), {Topic: topic, Key: []byte("k")}})
				p := start(t, fmt.Sprintf(`
kafka: {brokers: [%q], group: %s}
aws: {region: eu-west-1, endpoint: %q}
destinations: {dead: {sqs: %s}, none: {sqs: none}}
rules: [{name: never, topics: [%s], match: {a: [b]}, to: [none]}]
unmatched: dead_letter
dead_letter: {destination: dead}
commit_interval: 200ms
admin: {listen: ADMIN}
`, b.addr, group, a.URL, dead, topic))
				b.committed(t, group, topic)
				p.stop()
				if n := b.end(t, letters(group)); n > 0 {
					t.Errorf("%d dead letters in Kafka", n)
				}
				got := map[string]envelope{}
				for _, m := range q.Messages() {
					var e envelope
					if err := json.Unmarshal([]byte(m.Body), &e); err != nil {
						t.Errorf("%s: %v", m.Body, err)
					}
					got[e.Source] = e
					if m.Attributes["dead_letter_reason"].String != e.Reason || m.Attributes["kafka_topic"].String != topic {
						t.Errorf("attributes %v", m.Attributes)
					}
				}
				if q.Count() != 2 || len(got) != 2 {
					t.Errorf("%d messages of %d records, want 2", q.Count(), len(got))
				}
				for i, want := range []*kgo.Record{odd(topic), {Key: []byte("k")}} {
					e := got[fmt.Sprintf("%s/0/%d", topic, i)]
					var headers []kgo.RecordHeader
					for _, h := range e.Headers {
						headers = append(headers, kgo.RecordHeader{Key: h.Name, Value: h.Value})
					}
					if e.Reason != reasons[i] || e.Error == "" || e.Timestamp == "" || !reflect.DeepEqual(e.Key, want.Key) ||
						!reflect.DeepEqual(e.Value, want.Value) || !reflect.DeepEqual(headers, want.Headers) {
						t.Errorf("record %d: %+v", i, e)
					}
				}
			})
		}
	})
}

// TestRecordWaitsForItsRefusedDeadLetter lets the dead-letter destination be broken: the record waits, and with it
// the offset, until the letter is taken. Nothing counts as delivered because its dead letter failed.
func TestRecordWaitsForItsRefusedDeadLetter(t *testing.T) {
	t.Parallel()
	b := embedded(t)
	a := cloud(t, fake.Options{Queues: []string{"dead"}})
	w := toQueue(t, b, a, "orders", 1)
	group := "refused-" + unique()
	feed(t, b, []*way{w}, 100, 10, 0)
	bad := func(e fake.Entry) bool { return strings.Contains(e.Body, `"seq":50}`) }
	a.Inject(fake.Fault{Target: w.target, When: bad, Effect: fake.FailEntry("InvalidMessageContents", true)})
	refuse := a.Inject(fake.Fault{Target: "dead", Effect: fake.AccessDenied()})
	config := waysConfig(b, a, group, []*way{w}, "", "dead_letter: {destination: dead}\n")
	p := start(t, strings.Replace(config, "destinations:\n", "destinations:\n  dead: {sqs: dead}\n", 1))
	w.end.wait(t, 99)
	p.await("readiness to name the dead letters' queue", func() bool {
		_, problems := p.problems()
		return strings.Contains(problems["destination dead"], "AccessDenied")
	})
	p.await("the commit of what came before", func() bool { return b.committedAt(t, group, w.topic) == 50 })
	refuse.Remove()
	b.committed(t, group, w.topic)
	p.ready().stop()
	if n := a.Queue("dead").Count(); n != 1 {
		t.Errorf("%d dead letters, want 1", n)
	}
	w.end.allArrived(t, without(events(w.topic, 100, 10, 0), []int{50}))
}
