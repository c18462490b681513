package message

import (
	"encoding/base64"
	"strconv"
	"strings"
	"time"

	"github.com/sluice-bridge/sluice/codec"
	"github.com/sluice-bridge/sluice/codec/jsontext"
	"github.com/sluice-bridge/sluice/routing"
	"github.com/sluice-bridge/sluice/routing/expr"
)

// form is how a value is written within a JSON document.
type form uint8

const (
	formNull form = iota
	formJSON
	formText
	formBase64
)

// form says how the content is written: JSON as it came, text as a string, and in base64 what is
// bytes or what SQS and SNS would not take.
func (c content) form() form {
	switch {
	case c.data == nil:
		return formNull
	case c.kind == expr.ContentBytes || !sendable(c.data):
		return formBase64
	case c.kind == expr.ContentJSON:
		return formJSON
	}
	return formText
}

// jsonEnvelope writes the record as one JSON object. The fields are always in this order.
func jsonEnvelope(ev *routing.Event, st *RecordInfo, c content) []byte {
	r := ev.Record
	b := make([]byte, 0, envelopeSpace(ev, st, c))
	b = append(b, '{')
	b = appendContent(b, "key", keyContent(r.Key))
	b = append(b, ',')
	b = appendContent(b, "value", c)
	b = appendHeaders(b, r.Headers)
	b = append(b, `,"topic":`...)
	b = jsontext.AppendText(b, r.Topic)
	b = append(b, `,"partition":`...)
	b = strconv.AppendInt(b, int64(r.Partition), 10)
	b = append(b, `,"offset":`...)
	b = strconv.AppendInt(b, r.Offset, 10)
	b = append(b, `,"timestamp":`...)
	b = appendTime(b, r.Timestamp, "null")
	b = append(b, `,"correlation_id":`...)
	b = jsontext.AppendText(b, st.CorrelationID)
	return append(b, '}')
}

// envelopeSpace guesses how long an envelope gets, so that most are written without growing.
func envelopeSpace(ev *routing.Event, st *RecordInfo, c content) int {
	n := 512 + len(ev.Record.Topic) + 2*len(st.CorrelationID) + len(ev.Record.Key)*4/3
	if c.form() == formBase64 {
		n += base64.StdEncoding.EncodedLen(len(c.data))
	} else {
		n += len(c.data) + len(c.data)/16
	}
	for _, h := range ev.Record.Headers {
		n += len(h.Key) + len(h.Value)*4/3 + 8
	}
	return n
}

// keyContent is the key: a JSON object or array, else text or bytes. A key like 17 or true is a
// text, so that the type of a topic's keys does not depend on what they happen to hold.
func keyContent(key []byte) content {
	c := content{data: key, kind: expr.ContentText}
	if text := strings.TrimLeft(string(key[:min(len(key), 16)]), " \t\r\n"); text != "" && (text[0] == '{' || text[0] == '[') {
		if codec.Decode(codec.FormatJSON, key, true).JSON != nil {
			c.kind = expr.ContentJSON
		}
	}
	return c
}

// appendContent writes a member of an object; base64 under a name that says so.
func appendContent(b []byte, name string, c content) []byte {
	f := c.form()
	b = append(append(b, '"'), name...)
	if f == formBase64 {
		b = append(b, "_base64"...)
	}
	b = append(b, `":`...)
	switch f {
	case formNull:
		return append(b, "null"...)
	case formJSON:
		return append(b, c.data...)
	case formText:
		return jsontext.AppendText(b, c.data)
	default:
		return appendBase64(b, c.data)
	}
}

func appendBase64(b, data []byte) []byte {
	b = base64.StdEncoding.AppendEncode(append(b, '"'), data)
	return append(b, '"')
}

// appendTime writes a time of RFC 3339, or the word where it is not known or none that RFC 3339 has: producers
// write any number.
func appendTime(b []byte, t time.Time, none string) []byte {
	t = t.UTC()
	if year := t.Year(); t.IsZero() || year < 0 || year > 9999 {
		return append(b, none...)
	}
	return t.AppendFormat(b, `"2006-01-02T15:04:05.000Z"`)
}
