package event

import (
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"iter"
	"math"
	"strconv"
	"time"

	"github.com/tidwall/gjson"
	"github.com/twmb/franz-go/pkg/kgo"

	"github.com/sluice-bridge/sluice/bridge/kafka"
	"github.com/sluice-bridge/sluice/codec"
	"github.com/sluice-bridge/sluice/codec/jsontext"
	"github.com/sluice-bridge/sluice/internal/excerpt"
	"github.com/sluice-bridge/sluice/topic"
)

// Reader turns what is given on the command line or in a file into records.
type Reader struct {
	// Topic is set where values come bare; empty where events tell theirs.
	Topic string
	count int64
}

// Events reads one event after the other. A record is valid until the next one.
func (e *Reader) Events(inputs iter.Seq2[Input, error]) iter.Seq2[Event, error] {
	return func(yield func(Event, error) bool) {
		for in, err := range inputs {
			ev := Event{At: in.At}
			if err == nil {
				if ev.Record, ev.Err = e.read(in); ev.Err == nil {
					ev.Origin = Offline(ev.Record)
				}
			}
			if !yield(ev, err) || err != nil {
				return
			}
		}
	}
}

// read returns the record of one event. The record refers to the text's memory.
func (e *Reader) read(in Input) (*kgo.Record, error) {
	switch {
	case in.err != nil:
		return nil, in.err
	case e.Topic == "":
		return Parse(in.text)
	}
	e.count++
	return &kgo.Record{Topic: e.Topic, Offset: e.count - 1, Timestamp: time.UnixMilli(0), Value: in.text}, nil
}

// BareError says that a text is no event. It may be the bare value of one, which a Reader with a Topic takes.
type BareError struct{ error }

// Unwrap returns what is wrong with it.
func (e BareError) Unwrap() error { return e.error }

// Parse reads an event written as a JSON object. The value is taken byte for byte.
func Parse(text []byte) (*kgo.Record, error) {
	if codec.Decode(codec.FormatJSON, text, true).JSON == nil {
		return nil, notJSON(text)
	}
	doc := gjson.ParseBytes(text)
	if !doc.IsObject() {
		return nil, BareError{fmt.Errorf("the event is %s; write an object with topic and value", kindOf(doc))}
	}
	p := parser{record: &kgo.Record{Timestamp: time.UnixMilli(0)}, text: text}
	seen := map[string]bool{}
	doc.ForEach(func(key, v gjson.Result) bool {
		if seen[key.String()] {
			p.err = fmt.Errorf("the event has the key %q twice; keep one of the two", excerpt.Of(key.String()))
			return false
		}
		seen[key.String()] = true
		p.err = p.member(key.String(), v)
		return p.err == nil
	})
	if p.err == nil {
		p.err = p.finish()
	}
	return p.record, p.err
}

// parser fills a record from the members of an event.
type parser struct {
	record *kgo.Record
	text   []byte
	err    error

	value   []byte // as it is written; nil where there is none
	base64  []byte // decoded; nil where there is none, or null
	valued  bool   // one of the two keys was there
	unknown string // the first key that means nothing
}

// finish looks at what concerns several members. A null beside a value in the other form is what
// programs write that always write both.
func (p *parser) finish() error {
	r := p.record
	switch {
	case r.Topic == "":
		return BareError{errors.New("the event has no topic; add \"topic\"")}
	case !topic.IsName(r.Topic):
		return fmt.Errorf("%q cannot be a topic of Kafka; write up to 249 letters, digits, dots, dashes and underscores", excerpt.Of(r.Topic))
	case !p.valued && p.unknown != "":
		return fmt.Errorf("the event has no value, but a key %q that means nothing here; call it value, or remove it for a tombstone", excerpt.Of(p.unknown))
	case p.base64 != nil && p.value != nil && string(p.value) != "null":
		return errors.New("the event has both value and value_base64; leave one out")
	case p.base64 != nil:
		r.Value = p.base64
	default:
		r.Value = p.value
	}
	return nil
}

func (p *parser) member(key string, v gjson.Result) (err error) {
	r := p.record
	switch key {
	case "topic":
		r.Topic, err = text(key, v)
	case "partition":
		var n int64
		n, err = integer(key, v, math.MaxInt32)
		r.Partition = int32(n) //nolint:gosec // integer bounds it
	case "offset":
		r.Offset, err = integer(key, v, math.MaxInt64)
	case "timestamp":
		r.Timestamp, err = timestamp(key, v)
	case "key":
		err = set(&r.Key, key, v, content)
	case "key_base64":
		err = set(&r.Key, key, v, decoded)
	case "headers":
		err = p.headers(key, v, content)
	case "headers_base64":
		err = p.headers(key, v, decoded)
	case "value":
		p.valued = true
		p.value = p.text[v.Index : v.Index+len(v.Raw)]
	case "value_base64":
		p.valued = true
		err = set(&p.base64, key, v, decoded)
	default:
		if p.unknown == "" {
			p.unknown = key
		}
	}
	return err
}

// set sets what a member says, unless that is null.
func set(to *[]byte, key string, v gjson.Result, read func(string, gjson.Result) ([]byte, error)) error {
	b, err := read(key, v)
	if err == nil && b != nil {
		*to = b
	}
	return err
}

// headers appends headers in the order in which they are written. A list of values repeats the
// header.
func (p *parser) headers(key string, v gjson.Result, read func(string, gjson.Result) ([]byte, error)) error {
	if v.Type == gjson.Null {
		return nil
	}
	if !v.IsObject() {
		return fmt.Errorf("%s is %s; write an object of texts, or of lists of texts", key, kindOf(v))
	}
	var err error
	add := func(name string, v gjson.Result) {
		value, bad := read(key+"."+excerpt.Of(name), v)
		err = errors.Join(err, bad)
		p.record.Headers = append(p.record.Headers, kgo.RecordHeader{Key: name, Value: value})
	}
	v.ForEach(func(name, v gjson.Result) bool {
		if !v.IsArray() {
			add(name.String(), v)
			return err == nil
		}
		v.ForEach(func(_, element gjson.Result) bool {
			add(name.String(), element)
			return err == nil
		})
		return err == nil
	})
	return err
}

func text(key string, v gjson.Result) (string, error) {
	if v.Type != gjson.String {
		return "", fmt.Errorf("%s is %s; write a text", key, kindOf(v))
	}
	return v.String(), nil
}

// content reads a text or null, which is what is not there.
func content(key string, v gjson.Result) ([]byte, error) {
	if v.Type == gjson.Null {
		return nil, nil
	}
	s, err := text(key, v)
	return []byte(s), err
}

// decoded is content for what is written in base64.
func decoded(key string, v gjson.Result) ([]byte, error) {
	if v.Type == gjson.Null {
		return nil, nil
	}
	s, err := text(key, v)
	if err != nil {
		return nil, err
	}
	b, err := base64.StdEncoding.DecodeString(s)
	if err != nil {
		if b, err = base64.RawStdEncoding.DecodeString(s); err != nil {
			return nil, fmt.Errorf("%s is not base64 (%w); write it with the standard alphabet", key, err)
		}
	}
	if b == nil {
		b = []byte{} // there, and empty
	}
	return b, nil
}

func integer(key string, v gjson.Result, most int64) (int64, error) {
	n, err := strconv.ParseInt(v.Raw, 10, 64)
	if v.Type != gjson.Number || err != nil || n < 0 || n > most {
		return 0, fmt.Errorf("%s is %s; write a whole number from 0 to %d", key, excerpt.Of(v.Raw), most)
	}
	return n, nil
}

// timestamp reads milliseconds since the epoch, -1 for none, or a time in RFC 3339.
func timestamp(key string, v gjson.Result) (time.Time, error) {
	if ms, err := strconv.ParseInt(v.Raw, 10, 64); err == nil && v.Type == gjson.Number {
		return kafka.TimeOf(ms), nil
	}
	if t, err := time.Parse(time.RFC3339Nano, v.String()); err == nil && v.Type == gjson.String {
		return t, nil
	}
	return time.Time{}, fmt.Errorf("%s is %s; write milliseconds since 1970, or a time like \"2026-01-31T00:00:00Z\"", key, excerpt.Of(v.Raw))
}

// notJSON says what is wrong with a text that is not one JSON document.
func notJSON(text []byte) error {
	var v json.RawMessage
	err := json.Unmarshal(text, &v)
	var syntax *json.SyntaxError
	switch {
	case err == nil:
		return fmt.Errorf("the event nests deeper than %d levels; give its value as value_base64", jsontext.MaxDepth)
	case errors.As(err, &syntax) && syntax.Offset >= int64(len(text)):
		return fmt.Errorf("the event is not JSON (%w); write one event a line, as jq -c does", err)
	case errors.As(err, &syntax):
		return BareError{fmt.Errorf("the event is not JSON (%w at byte %d); write an object with topic and value", err, syntax.Offset)}
	}
	return fmt.Errorf("the event is not JSON (%w)", err)
}

func kindOf(v gjson.Result) string {
	switch {
	case v.IsObject():
		return "an object"
	case v.IsArray():
		return "a list"
	case v.Type == gjson.String:
		return "a text"
	case v.Type == gjson.Number:
		return "a number"
	case v.Type == gjson.Null:
		return "null"
	}
	return "a boolean"
}
