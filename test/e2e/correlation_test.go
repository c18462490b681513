package e2e

import (
	"fmt"
	"strings"
	"testing"

	"github.com/twmb/franz-go/pkg/kgo"

	"github.com/sluice-bridge/sluice/fake"
)

// TestCorrelationIDStaysTheSameAfterACrash checks where the correlation id comes from, and that a
// record which is sent again after a crash has the same ids as before.
func TestCorrelationIDStaysTheSameAfterACrash(t *testing.T) {
	const trace, parent = "4bf92f3577b34da6a3ce929d0e0e4736", "00f067aa0ba902b7"
	header := func(pairs ...string) (h []kgo.RecordHeader) {
		for i := 0; i < len(pairs); i += 2 {
			h = append(h, kgo.RecordHeader{Key: pairs[i], Value: []byte(pairs[i+1])})
		}
		return h
	}
	traceparent := "00-" + trace + "-" + parent + "-01"
	cases := []struct {
		name    string
		headers []kgo.RecordHeader
		value   string
		want    string // "" for one made from the record's place
		xray    string
	}{
		{name: "first header", headers: header("correlation-id", "second", "x-correlation-id", "first"), value: `{"correlation_id":"field"}`, want: "first"},
		{name: "second header", headers: header("correlation-id", "second"), value: `{"correlation_id":"field"}`, want: "second"},
		{name: "field", headers: header("traceparent", traceparent), value: `{"correlation_id":"field"}`, want: "field", xray: "Root=1-4bf92f35-77b34da6a3ce929d0e0e4736;Parent=" + parent + ";Sampled=1"},
		{name: "traceparent", headers: header("traceparent", "00-"+trace+"-"+parent+"-00"), value: `{}`, want: trace, xray: "Root=1-4bf92f35-77b34da6a3ce929d0e0e4736;Parent=" + parent + ";Sampled=0"},
		{name: "bad traceparent", headers: header("traceparent", "00-0-0-00"), value: `{}`},
		{name: "not json", value: `{"correlation_id":`},
		{name: "nothing", value: `{}`},
		{name: "nothing again", value: `{}`},
	}
	onBothKafkas(t, func(t *testing.T, b *broker) {
		a := cloud(t, fake.Options{Queues: []string{"plain", "ordered.fifo"}})
		group, topic := "correlation-"+unique(), b.topic(t, "orders", 1)
		var records []*kgo.Record
		for _, c := range cases {
			records = append(records, &kgo.Record{Topic: topic, Key: []byte("k"), Value: []byte(c.value), Headers: c.headers})
		}
		b.produce(t, records)
		// Nothing is committed before the kill, so that all comes again.
		config := fmt.Sprintf(`
kafka: {brokers: [%q], group: %s, session_timeout: 6s}
aws: {region: eu-west-1, endpoint: %q}
destinations: {plain: {sqs: plain}, ordered: {sqs: ordered.fifo}}
rules: [{name: all, topics: [%s], to: [plain, ordered]}]
admin: {listen: ADMIN}
`, b.addr, group, a.URL, topic)
		n := len(cases)
		plain, ordered := a.Queue("plain"), a.Queue("ordered.fifo")
		p := start(t, config+"commit_interval: 60s\n")
		within(t, "the first delivery", plain.WaitCount, n)
		within(t, "the first delivery", ordered.WaitCount, n)
		p.kill()
		p = start(t, config+"commit_interval: 200ms\n")
		within(t, "the second delivery", plain.WaitCount, 2*n)
		b.committed(t, group, topic)
		p.stop()

		if got := ordered.Count(); got != n {
			t.Errorf("the FIFO queue has %d messages, want %d", got, n)
		}
		for _, m := range ordered.Messages() {
			if m.Arrivals != 2 {
				t.Errorf("%s came %d times to the FIFO queue", m.Attributes["kafka_position"].String, m.Arrivals)
			}
		}
		byPosition := map[string][]fake.Message{}
		for _, m := range plain.Messages() {
			at := m.Attributes["kafka_position"].String
			byPosition[at] = append(byPosition[at], m)
		}
		derived := map[string]bool{}
		for i, c := range cases {
			sent := byPosition[fmt.Sprintf("0:%d", i)]
			if len(sent) != 2 {
				t.Fatalf("%s: came %d times", c.name, len(sent))
			}
			one, two := sent[0].Attributes["correlation_id"].String, sent[1].Attributes["correlation_id"].String
			if one != two {
				t.Errorf("%s: correlation id %q before the crash and %q after", c.name, one, two)
			}
			if c.want != "" && one != c.want {
				t.Errorf("%s: correlation id %q, want %q", c.name, one, c.want)
			}
			if c.want == "" {
				if derived[one] || !strings.HasSuffix(one, fmt.Sprintf(".0.%d", i)) {
					t.Errorf("%s: correlation id %q", c.name, one)
				}
				derived[one] = true
			}
			if sent[0].TraceHeader != c.xray {
				t.Errorf("%s: AWSTraceHeader %q, want %q", c.name, sent[0].TraceHeader, c.xray)
			}
		}
	})
}
