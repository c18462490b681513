package pipeline

import (
	"fmt"

	"github.com/twmb/franz-go/pkg/kgo"

	"github.com/sluice-bridge/sluice/bridge/memory"
	"github.com/sluice-bridge/sluice/bridge/message"
	"github.com/sluice-bridge/sluice/bridge/offsets"
	"github.com/sluice-bridge/sluice/codec"
	"github.com/sluice-bridge/sluice/codec/jsontext"
	"github.com/sluice-bridge/sluice/routing"
	"github.com/sluice-bridge/sluice/routing/expr"
)

// Reading is how the values of a topic are read.
type Reading struct {
	Decoder *codec.Decoder
	// DeliverJSON sends the decoded value as JSON instead of the bytes as they came.
	DeliverJSON bool
	// Lenient takes a value that was to be JSON and is not for an event that no rule matched.
	Lenient bool
}

// decider decodes a record, finds its correlation id and asks the rules. One goroutine at a time
// uses it.
type decider struct {
	table          *routing.Table
	correlation    *routing.Correlation
	reading        func(topic string) Reading
	dropTombstones bool
	subjects       bool // of schemas are wanted where the registry tells, though no rule needs them
	// The schema of values that are given as the JSON which they decode to; else nil, and empty.
	stated *codec.Schema
	name   string

	topics map[string]topicReading
	stamp  []byte // memory for the next stamp
}

// topicReading is what is looked up once for a topic.
type topicReading struct {
	Reading
	wanted bool // somebody looks into the value
	plain  bool // it is JSON as it comes
	// Kind of what comes as it is; 0 where that is for the value to say.
	kind    expr.ContentKind
	schemas bool // values name one, and are valid JSON once decoded
}

func newDecider(e *message.Encoder, reading func(topic string) Reading, dropTombstones bool) decider {
	return decider{table: e.Table, correlation: e.Correlation, reading: reading, dropTombstones: dropTombstones,
		topics: map[string]topicReading{}}
}

// decide fills in the event and the decision for a record whose topic has the given origin; again as in
// message.NewRecordInfo.
//
// The error is codec.ErrPending where the record has to wait for its schema, or a
// *codec.UndecodableError; the decision says nothing then. A record that is dropped for having no
// value is Dropped by no rule.
func (d *decider) decide(r *kgo.Record, origin *offsets.TopicIdentity, again *message.Resend, ev *routing.Event, out *routing.Decision) (message.RecordInfo, error) {
	topic := d.topic(r.Topic)
	*ev = routing.Event{Record: r}
	if d.dropTombstones && len(r.Value) == 0 {
		*out = routing.Decision{Outcome: routing.Dropped, Targets: out.Targets[:0], Matched: out.Matched[:0], Errors: out.Errors[:0]}
		return message.RecordInfo{}, nil
	}
	var failed error
	if topic.plain && r.Value != nil {
		// The rules validate JSON in the pass in which they read it.
		ev.Value, ev.Unchecked, ev.Lenient = codec.Value{JSON: jsontext.SkipMark(r.Value), Raw: r.Value, Schema: d.stated, Name: d.name}, true, topic.Lenient
	} else {
		ev.Value, failed = topic.Decoder.DecodeWithHeader(message.HeaderOf(r, codec.SchemaHeader), r.Value, topic.wanted)
	}
	st, buf := message.NewRecordInfo(r, origin, again, d.correlation.Find(ev), d.stamp)
	d.stamp = buf
	ev.CorrelationID = st.CorrelationID
	if failed != nil {
		return st, failed
	}
	st.Value, st.Kind = r.Value, topic.kind
	switch value := ev.Value.JSON; {
	case topic.schemas && value != nil && (topic.DeliverJSON || memory.Same(value, r.Value)):
		st.Value, st.Kind = value, expr.ContentJSON
	case topic.plain && topic.DeliverJSON:
		st.Value = jsontext.SkipMark(r.Value)
	}
	d.table.Route(ev, out)
	return st, nil
}

// notJSON says why a value is no JSON that was to be, or none but a text.
func notJSON(ev *routing.Event) error {
	value := ev.Value.JSON
	if value == nil {
		value = ev.Record.Value
	}
	return fmt.Errorf("the value is not JSON: %w", codec.NotJSON(value))
}

func (d *decider) topic(name string) topicReading {
	t, known := d.topics[name]
	if !known {
		t = topicReading{Reading: d.reading(name)}
		t.wanted = t.DeliverJSON || d.table.NeedsValue(name) || d.correlation.NeedsValue()
		if needed := d.table.NeedsSubject(name) || d.correlation.NeedsSubject(); needed || d.subjects {
			t.Decoder = t.Decoder.WithSubjects(name, needed)
		}
		switch t.Decoder.Format() {
		case codec.FormatJSON:
		case codec.FormatBytes, codec.FormatAvro, codec.FormatProtobuf:
			t.kind = expr.ContentBytes
		case codec.FormatText, codec.FormatJSONSchema:
			t.kind = expr.ContentText
		}
		t.plain = t.wanted && t.Decoder.Format() == codec.FormatJSON
		t.schemas = t.Decoder.Format().Schemas()
		d.topics[name] = t
	}
	return t
}
