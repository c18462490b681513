package message

import (
	"bytes"
	"encoding/base64"
	"errors"

	"github.com/twmb/franz-go/pkg/kgo"

	"github.com/sluice-bridge/sluice/attribute"
	"github.com/sluice-bridge/sluice/bridge/memory"
	"github.com/sluice-bridge/sluice/codec"
	"github.com/sluice-bridge/sluice/codec/jsontext"
	"github.com/sluice-bridge/sluice/routing"
	"github.com/sluice-bridge/sluice/routing/expr"
)

// Envelope is what the body of a message holds. The zero value is EnvelopeRaw.
type Envelope string

const (
	// EnvelopeRaw is the value as it is.
	EnvelopeRaw Envelope = "raw"
	// EnvelopeJSON is a JSON object with the value and all that Kafka says of the record.
	EnvelopeJSON Envelope = "json"
	// EnvelopeCloudEvents is a CloudEvent 1.0 in the structured mode of its JSON format.
	EnvelopeCloudEvents Envelope = "cloudevents"
)

// nullBody stands for a value that is not there: SQS and SNS refuse an empty body.
var nullBody = []byte("null")

// content is what a message says, before any envelope: the value, or what the destination's
// expression makes of it.
type content struct {
	data []byte // nil where there is nothing
	kind expr.ContentKind
	// shaped is set where the data is not the record's value.
	shaped bool
}

var (
	errNullBody  = errors.New("the expression gives null; have it give something for every event, as in has(value.id) ? value.id : \"none\"")
	errEmptyBody = errors.New("the expression gives an empty text, and SQS and SNS take no empty body; have it give something for every event")
)

// build sets the message's body, and returns the attribute that marks what it is, if any, and how many
// bytes of memory the body takes that no other message of the record shares.
func (e *Encoder) build(m *Message, ev *routing.Event, st *RecordInfo, dest *Destination, index int) (mark Attribute, own int, err error) {
	raw := dest.Envelope == "" || dest.Envelope == EnvelopeRaw
	shape := e.Table.Body(index)
	if raw && shape == nil {
		m.Body, mark = st.plainBody(ev.Record)
		return mark, 0, nil
	}
	c := content{data: st.Value, kind: st.Kind}
	if shape != nil {
		if c, err = reshape(shape, ev, c); err == nil && raw && c.shaped && len(c.data) == 0 {
			err = errEmptyBody
		}
		if err != nil {
			return Attribute{}, 0, &EncodeError{Path: "body", Err: err}
		}
	}
	if raw {
		if c.shaped && partOfDecoded(c.data, ev) {
			c.data = bytes.Clone(c.data)
		}
		m.Body, mark = body(c.data)
		if memory.PartOf(m.Body, ev.Record) {
			return mark, 0, nil
		}
		return mark, len(m.Body), nil
	}
	if c.kind == 0 {
		st.Kind = jsonOrText(ev, c.data)
		c.kind = st.Kind
	}
	if c.kind == expr.ContentJSON {
		c.data = jsontext.SkipMark(c.data)
	}
	if m.Body, own, err = e.wrap(ev, st, dest, index, c); err != nil || c.shaped {
		return Attribute{}, own, err
	}
	return tombstone(c.data), own, nil
}

// plainBody returns the value as it is sent, and its mark; once for all messages that say no more.
func (st *RecordInfo) plainBody(r *kgo.Record) ([]byte, Attribute) {
	if st.plain == nil {
		st.plain, st.mark = body(st.Value)
		if !memory.PartOf(st.plain, r) {
			st.Made += int64(cap(st.plain))
		}
	}
	return st.plain, st.mark
}

// partOfDecoded says whether data is a part of a value that was decoded: it would keep all of that.
func partOfDecoded(data []byte, ev *routing.Event) bool {
	decoded := ev.Value.JSON
	return memory.OffsetIn(data, decoded) >= 0 && memory.OffsetIn(decoded, ev.Record.Value) < 0
}

// jsonOrText looks into a value of a JSON topic, if nobody has.
func jsonOrText(ev *routing.Event, value []byte) expr.ContentKind {
	if ev.JSON() != nil || codec.Decode(codec.FormatJSON, value, true).JSON != nil {
		return expr.ContentJSON
	}
	return expr.ContentText
}

// wrap returns the envelope of a message, and how many bytes of memory it takes that no other message
// of the record shares.
func (e *Encoder) wrap(ev *routing.Event, st *RecordInfo, dest *Destination, index int, c content) (body []byte, own int, err error) {
	switch {
	case dest.Envelope == EnvelopeCloudEvents:
		body, err = e.cloudEvent(ev, st, index, c)
		return body, cap(body), err
	case c.shaped:
		body = jsonEnvelope(ev, st, c)
		return body, cap(body), nil
	}
	if st.envelope == nil {
		st.envelope = jsonEnvelope(ev, st, c)
		st.Made += int64(cap(st.envelope))
	}
	return st.envelope, 0, nil
}

// reshape returns what the expression gives, or what there is where that is nothing: a record
// without a value is a tombstone, and an expression need not know of those.
func reshape(shape *routing.Expression, ev *routing.Event, c content) (content, error) {
	made, ok, err := shape.Content(ev)
	given := ok && err == nil
	switch nothing := len(c.data) == 0 || string(bytes.TrimSpace(ev.JSON())) == "null"; {
	case nothing && !given:
		return c, nil
	case err != nil:
		return c, err
	case !ok:
		return c, errNullBody
	}
	return content{data: made.Data, kind: made.Kind, shaped: true}, nil
}

// body returns what is sent for the value, and the attribute that marks it where it is not the
// value byte for byte.
func body(value []byte) ([]byte, Attribute) {
	switch {
	case len(value) == 0:
		return nullBody, tombstone(value)
	case !sendable(value):
		return base64.StdEncoding.AppendEncode(nil, value), Attribute{attribute.ContentEncoding, "base64"}
	default:
		return value, Attribute{}
	}
}

// tombstone returns the mark of a value that is null or empty.
func tombstone(value []byte) Attribute {
	switch {
	case value == nil:
		return Attribute{attribute.KafkaTombstone, "true"}
	case len(value) == 0:
		return Attribute{attribute.KafkaTombstone, "empty"}
	}
	return Attribute{}
}
