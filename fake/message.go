package fake

import (
	"time"
)

// Attribute is a message attribute. Exactly one of String and Binary is set.
type Attribute struct {
	// Type is the data type, with its custom suffix if it has one.
	Type string
	// String is the value of a String or Number attribute.
	String string
	// Binary is the value of a Binary attribute, not base64.
	Binary []byte
}

// Message is a message that a queue or a topic accepted.
type Message struct {
	ID   string
	Body string
	// Attributes is nil when there are none.
	Attributes map[string]Attribute
	// GroupID is the MessageGroupId; also set on standard queues (fair queues).
	GroupID string
	// DeduplicationID is the explicit id, or the SHA-256 of the body when the
	// queue deduplicates by content. Empty on standard queues.
	DeduplicationID string
	// TraceHeader is the AWSTraceHeader system attribute.
	TraceHeader string
	// Sequence is the SequenceNumber of a FIFO queue or topic.
	Sequence string
	// Subject and Structure belong to topics.
	Subject, Structure string
	// SentAt is when it was accepted, by the endpoint's clock.
	SentAt time.Time
	// Delay is the delay that applied to it.
	Delay time.Duration
	// Arrivals is 1, plus the times that a duplicate of it was dropped by FIFO
	// deduplication.
	Arrivals int
	// Receives is how often it was handed to a consumer.
	Receives int
}

// entry is one message of a request, before it is accepted. Its bytes may alias
// the request's buffer: they are good until the request ends.
type entry struct {
	id, body, group, dedup, trace []byte
	subject, structure            []byte
	hasGroup, hasDedup            bool
	hasSubject, hasDelay          bool
	delay                         int
	attrs                         []attr
	system                        []attr
	index                         int // position in the form, for Query requests
}

type attr struct {
	name, typ, value []byte
	binary           bool
	hasValue         bool
}

// size is what counts against the limits: body, and for each attribute its name,
// type and raw value (SQS developer guide, "message metadata").
func (e *entry) size() int {
	n := len(e.body)
	for i := range e.attrs {
		a := &e.attrs[i]
		n += len(a.name) + len(a.typ) + len(a.value)
	}
	return n
}

func (e *entry) reset() {
	attrs, system := e.attrs[:0], e.system[:0]
	*e = entry{attrs: attrs, system: system}
}

func (e *entry) attributes() map[string]Attribute {
	if len(e.attrs) == 0 {
		return nil
	}
	m := make(map[string]Attribute, len(e.attrs))
	for _, a := range e.attrs {
		v := Attribute{Type: string(a.typ)}
		if a.binary {
			v.Binary = append([]byte{}, a.value...)
		} else {
			v.String = string(a.value)
		}
		m[string(a.name)] = v
	}
	return m
}

// message copies the entry out of the request's buffer.
func (e *entry) message() *Message {
	return &Message{
		Body:            string(e.body),
		Attributes:      e.attributes(),
		GroupID:         string(e.group),
		DeduplicationID: string(e.dedup),
		TraceHeader:     string(e.trace),
		Subject:         string(e.subject),
		Structure:       string(e.structure),
		Delay:           time.Duration(e.delay) * time.Second,
		Arrivals:        1,
	}
}
