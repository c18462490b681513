package message

import (
	"fmt"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/sluice-bridge/sluice/attribute"
	"github.com/sluice-bridge/sluice/bridge/offsets/progress"
	"github.com/sluice-bridge/sluice/internal/excerpt"
	"github.com/sluice-bridge/sluice/routing"
)

// Destination is a queue or topic as the encoder and the lane need to know it.
type Destination struct {
	Name string
	// Profile is that of its kind.
	Profile Profile
	// FIFO queues and topics get group and deduplication ids.
	FIFO bool
	// NamedID puts the destination's name into deduplication ids: another destination leads to the
	// same FIFO queue or topic, which would drop the second message of a record.
	NamedID bool
	// Isolated destinations have a consumer group of their own.
	Isolated bool
	// Resource tells whether another destination leads to the same queue or topic.
	Resource progress.ResourceID
	// Envelope is what the body holds.
	Envelope Envelope
	// Types are the data types of its configured attributes, where they are not String.
	Types AttributeTypes
	// Headers are those that are forwarded as attributes; nil for none.
	Headers *HeaderFilter
	// Omit are attributes of the bridge's own that messages do without, of attribute.Omittable.
	Omit []string
}

// LeadTo has messages that are made as this destination says go to another: they are what that takes.
func (d *Destination) LeadTo(other *Destination) {
	d.Name, d.Profile, d.FIFO, d.NamedID = other.Name, other.Profile, other.FIFO, other.NamedID
}

// Encoder builds messages. It is immutable and safe for concurrent use.
type Encoder struct {
	Table        *routing.Table
	Correlation  *routing.Correlation
	Destinations []Destination // by index as in the table
}

// NewEncoder returns an encoder for the destinations of the table, in its order.
func NewEncoder(table *routing.Table, correlation *routing.Correlation, destinations []Destination) *Encoder {
	return &Encoder{Table: table, Correlation: correlation, Destinations: destinations}
}

// EncodeError says why a message could not be built for a destination: an expression failed or
// gave what AWS does not take. The record goes to the dead letters.
type EncodeError struct {
	Path string // "attributes.tier", "group_id", "subject", "body", "cloudevents.type"
	Err  error
}

// Error names the place and the cause.
func (e *EncodeError) Error() string { return e.Path + ": " + excerpt.Failure(e.Err.Error()) }

// Unwrap returns the cause.
func (e *EncodeError) Unwrap() error { return e.Err }

// Encode builds the message for one target. m's attribute memory is reused. The body still refers
// to the record's value where that can be sent as it is; own is how many bytes of memory it takes that
// it shares with no other message of the record.
func (e *Encoder) Encode(m *Message, ev *routing.Event, st *RecordInfo, target routing.Target) (own int, err error) {
	dest := &e.Destinations[target.Destination]
	attrs := dest.attach(m.Attributes[:0], attribute.CorrelationID, st.CorrelationID)
	attrs = dest.attach(attrs, attribute.KafkaTopic, ev.Record.Topic)
	attrs = dest.attach(attrs, attribute.KafkaPosition, st.position)
	*m = Message{Types: dest.Types, CorrelationID: st.CorrelationID} // what a dead letter needs where the rest fails
	if st.replayed {
		attrs = append(attrs, Attribute{attribute.Replayed, "true"}) // the time gets a slot if there is one
	} else {
		attrs = dest.attach(attrs, attribute.KafkaTimestamp, st.timestamp)
	}
	mark, own, err := e.build(m, ev, st, dest, target.Destination)
	if err != nil {
		return 0, err
	}
	if mark.Name != "" {
		attrs = append(attrs, mark)
	}
	configured := e.Table.Attributes(target)
	if attrs, err = appendConfigured(attrs, ev, configured, dest.Types); err != nil {
		return 0, err
	}
	m.Attributes = provenance(attrs, st, ev.Record.Headers, dest, configured)
	if err := e.group(m, ev, st, dest, target.Destination); err != nil {
		return 0, err
	}
	if dest.Profile.Traced {
		m.TraceHeader = st.traceHeader
	}
	if err := e.subject(m, ev, target.Destination); err != nil {
		return 0, err
	}
	m.Size = m.measure()
	return own, nil
}

// appendConfigured appends the attributes that configuration gives the destination and the rule.
// Values that are null or empty are left out: AWS refuses empty ones.
func appendConfigured(attrs []Attribute, ev *routing.Event, configured []routing.Attribute, types AttributeTypes) ([]Attribute, error) {
	for _, a := range configured {
		v, ok, err := a.Value.Eval(ev)
		if err == nil && !sendable(v) {
			err = fmt.Errorf("the text holds characters that SQS and SNS do not take: %q", excerpt.Failure(v))
		}
		if err == nil && ok && v != "" {
			err = types.check(a.Name, v)
		}
		if err != nil {
			return nil, &EncodeError{Path: "attributes." + a.Name, Err: err}
		}
		if ok && v != "" {
			attrs = append(attrs, Attribute{a.Name, v})
		}
	}
	return attrs, nil
}

// group sets the message group id and deduplication id.
func (e *Encoder) group(m *Message, ev *routing.Event, st *RecordInfo, dest *Destination, index int) error {
	if dest.FIFO {
		m.GroupID, m.DeduplicationID = st.group, st.deduplication
		if dest.NamedID {
			m.DeduplicationID = string(appendID(nil, func(b []byte) []byte {
				return append(append(append(b, st.deduplication...), '/'), dest.Name...) // no name holds a slash
			}))
		}
	}
	expr := e.Table.GroupID(index)
	if expr == nil {
		return nil
	}
	v, ok, err := expr.Eval(ev)
	if err != nil {
		return &EncodeError{Path: "group_id", Err: err}
	}
	if ok && v != "" {
		m.GroupID = string(appendID(nil, func(b []byte) []byte { return append(b, v...) }))
	}
	return nil
}

// maxSubject is the longest subject of an SNS message, in characters (Amazon SNS API Reference,
// Publish).
const maxSubject = 100

func (e *Encoder) subject(m *Message, ev *routing.Event, index int) error {
	expr := e.Table.Subject(index)
	if expr == nil {
		return nil
	}
	v, ok, err := expr.Eval(ev)
	if err == nil && ok && v != "" {
		err = checkSubject(v)
	}
	if err != nil {
		return &EncodeError{Path: "subject", Err: err}
	}
	if ok {
		m.Subject = v
	}
	return nil
}

func checkSubject(s string) error {
	if n := utf8.RuneCountInString(s); n > maxSubject {
		return fmt.Errorf("a subject of %d characters; SNS takes %d", n, maxSubject)
	}
	if !sendable(s) || strings.ContainsFunc(s, unicode.IsControl) {
		return fmt.Errorf("subject %q; SNS takes no line breaks and no control characters", s)
	}
	return nil
}
