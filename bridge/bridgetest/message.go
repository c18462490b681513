package bridgetest

import (
	"time"

	"github.com/twmb/franz-go/pkg/kgo"

	"github.com/sluice-bridge/sluice/bridge/message"
)

// Attribute is the value of an attribute; empty where the message has none.
func Attribute(m *message.Message, name string) string {
	for _, a := range m.Attributes {
		if a.Name == name {
			return a.Value
		}
	}
	return ""
}

// Message is a message with that body. What stands before a colon in it is its message group id, and then all of it
// is the deduplication id.
func Message(body string) message.Message {
	m := message.Message{Body: []byte(body), Size: len(body), CorrelationID: "c-" + body}
	for i := range body {
		if body[i] == ':' {
			m.GroupID, m.DeduplicationID = body[:i], body
		}
	}
	return m
}

// Record is a record of a topic orders.
func Record(value string) *kgo.Record {
	return &kgo.Record{Topic: "orders", Partition: 3, Offset: 1234567, Key: []byte("k-1"), Value: []byte(value), Timestamp: time.UnixMilli(1700000000123)}
}

const Traceparent = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01"

// WithHeaders adds headers, by name and value in turn.
func WithHeaders(r *kgo.Record, pairs ...string) *kgo.Record {
	for i := 0; i < len(pairs); i += 2 {
		r.Headers = append(r.Headers, kgo.RecordHeader{Key: pairs[i], Value: []byte(pairs[i+1])})
	}
	return r
}
