package e2e

import (
	"bytes"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"fmt"
	"strings"
	"testing"

	"github.com/twmb/franz-go/pkg/kgo"

	"github.com/sluice-bridge/sluice/fake"
)

// TestBodiesArriveByteForByte sends records of every shape to a standard queue and a FIFO topic: what comes out is
// byte for byte what went in, or is marked as the coded form of it.
func TestBodiesArriveByteForByte(t *testing.T) {
	all := make([]byte, 256)
	for i := range all {
		all[i] = byte(i)
	}
	long := strings.Repeat("k", 300)
	cases := []struct {
		name string
		r    kgo.Record
		// want are attributes that must be; "" means that it must not be there.
		want  map[string]string
		group string // of the FIFO topic; "" for topic/partition
	}{
		{name: "json", r: kgo.Record{Key: []byte("k"), Value: []byte(`{"a": 1.0,  "b":"é\u00e9"}`)}, want: map[string]string{"kafka_key": "k"}, group: "k"},
		{name: "not json", r: kgo.Record{Key: []byte("k"), Value: []byte("plain <text> & \"more\"\r\n\t€ 🎈 ]]>")}, group: "k"},
		{name: "not utf-8", r: kgo.Record{Value: []byte("caf\xe9")}},
		{name: "all bytes", r: kgo.Record{Value: all}},
		{name: "control character", r: kgo.Record{Value: []byte("a\x00b")}},
		{name: "noncharacter", r: kgo.Record{Value: []byte("a\uFFFEb")}},
		{name: "replacement character", r: kgo.Record{Value: []byte("a\uFFFDb")}},
		{name: "surrogate", r: kgo.Record{Value: []byte("a\xed\xa0\x80b")}},
		{name: "spaces", r: kgo.Record{Value: []byte("   ")}},
		{name: "tombstone", r: kgo.Record{Key: []byte("gone"), Value: nil}, want: map[string]string{"kafka_tombstone": "true"}, group: "gone"},
		{name: "empty", r: kgo.Record{Value: []byte{}}, want: map[string]string{"kafka_tombstone": "empty"}},
		{name: "the word null", r: kgo.Record{Value: []byte("null")}, want: map[string]string{"kafka_tombstone": ""}},
		{name: "empty key", r: kgo.Record{Key: []byte{}, Value: []byte("v")}, want: map[string]string{"kafka_key": ""}},
		{name: "binary key", r: kgo.Record{Key: []byte("\xff\x00"), Value: []byte("v")}, want: map[string]string{"kafka_key": ""}, group: hashed("\xff\x00")},
		{name: "key with a space", r: kgo.Record{Key: []byte("a b"), Value: []byte("v")}, want: map[string]string{"kafka_key": "a b"}, group: hashed("a b")},
		{name: "long key", r: kgo.Record{Key: []byte(long), Value: []byte("v")}, want: map[string]string{"kafka_key": long}, group: hashed(long)},
		{name: "odd headers", r: kgo.Record{Value: []byte("v"), Headers: []kgo.RecordHeader{
			{Key: "", Value: []byte("x")}, {Key: "bin", Value: []byte("\xff\x00")}, {Key: "nil"}, {Key: "traceparent", Value: []byte("\xff")},
			{Key: "x-correlation-id", Value: []byte("\xff\xfe")}, {Key: "a b\n", Value: []byte("<&>")},
		}}, want: map[string]string{"traceparent": ""}},
		{name: "many headers", r: kgo.Record{Value: []byte("v"), Headers: manyHeaders(40)}},
	}
	onBothKafkas(t, func(t *testing.T, b *broker) {
		a := cloud(t, fake.Options{Queues: []string{"plain"}})
		sub := fanOut(t, a, "ordered.fifo", "ordered-sub.fifo")
		group, topic := "bodies-"+unique(), b.topic(t, "shapes", 1)
		var records []*kgo.Record
		for _, c := range cases {
			r := c.r
			r.Topic = topic
			records = append(records, &r)
		}
		b.produce(t, records)
		p := start(t, fmt.Sprintf(`
kafka: {brokers: [%q], group: %s}
aws: {region: eu-west-1, endpoint: %q}
destinations:
  plain: {sqs: plain}
  ordered: {sns: %q}
rules: [{name: all, topics: [%s], to: [plain, ordered]}]
commit_interval: 200ms
admin: {listen: ADMIN}
`, b.addr, group, a.URL, a.Topic("ordered.fifo").ARN, topic))
		b.committed(t, group, topic)
		p.stop()
		b.noDeadLetters(t, group)
		if u := a.Topic("ordered.fifo").Undelivered(); len(u) > 0 {
			t.Errorf("the subscriber did not get %v", u)
		}
		for _, q := range []*fake.Queue{a.Queue("plain"), sub} {
			byPosition := map[string]fake.Message{}
			for _, m := range q.Messages() {
				byPosition[m.Attributes["kafka_position"].String] = m
			}
			if q.Count() != len(cases) || len(byPosition) != len(cases) {
				t.Errorf("%s: %d messages of %d records, want %d", q.Name, q.Count(), len(byPosition), len(cases))
			}
			for i, c := range cases {
				m := byPosition[fmt.Sprintf("0:%d", i)]
				if got, ok := original(m); !ok || !bytes.Equal(got, c.r.Value) {
					t.Errorf("%s: %s: the body is %.200q, of %q", q.Name, c.name, m.Body, c.r.Value)
				}
				for name, want := range c.want {
					if got := m.Attributes[name].String; got != want {
						t.Errorf("%s: %s: attribute %s is %q, want %q", q.Name, c.name, name, got, want)
					}
				}
				if len(m.Attributes) > 10 || m.Attributes["correlation_id"].String == "" || m.Attributes["kafka_topic"].String != topic {
					t.Errorf("%s: %s: attributes %v", q.Name, c.name, m.Attributes)
				}
				if want := or(c.group, topic+"/0"); q.FIFO && m.GroupID != want {
					t.Errorf("%s: %s: group %q, want %q", q.Name, c.name, m.GroupID, want)
				}
			}
		}
	})
}

// original takes back what the bridge did to a value, by the marks that it left.
func original(m fake.Message) ([]byte, bool) {
	switch m.Attributes["kafka_tombstone"].String {
	case "true", "empty":
		return nil, m.Body == "null"
	}
	if m.Attributes["content_encoding"].String == "base64" {
		v, err := base64.StdEncoding.DecodeString(m.Body)
		return v, err == nil
	}
	return []byte(m.Body), true
}

func hashed(s string) string {
	sum := sha256.Sum256([]byte(s))
	return hex.EncodeToString(sum[:])
}

func or(a, b string) string {
	if a != "" {
		return a
	}
	return b
}

func manyHeaders(n int) []kgo.RecordHeader {
	var h []kgo.RecordHeader
	for i := range n {
		h = append(h, kgo.RecordHeader{Key: fmt.Sprintf("h%d", i), Value: []byte(strings.Repeat("v", 100))})
	}
	return h
}
