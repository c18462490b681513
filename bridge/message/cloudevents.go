package message

import (
	"cmp"
	"fmt"
	"net/url"
	"strings"
	"unicode"

	"github.com/sluice-bridge/sluice/bridge/memory"
	"github.com/sluice-bridge/sluice/codec/jsontext"
	"github.com/sluice-bridge/sluice/internal/excerpt"
	"github.com/sluice-bridge/sluice/routing"
	"github.com/sluice-bridge/sluice/routing/expr"
)

// defaultEventType is the type of events where no expression gives one.
const defaultEventType = "kafka.record"

// cloudEvent writes the record as a CloudEvent (CloudEvents 1.0, JSON Event Format, section 3).
func (e *Encoder) cloudEvent(ev *routing.Event, st *RecordInfo, index int, c content) ([]byte, error) {
	expr := e.Table.Event(index)
	source, err := eventAttribute(expr.Source, ev, "source")
	if err != nil {
		return nil, err
	}
	kind, err := eventAttribute(expr.Type, ev, "type")
	if err != nil {
		return nil, err
	}
	subject, err := eventAttribute(expr.Subject, ev, "subject")
	if err != nil {
		return nil, err
	}
	key := ""
	if eventText(st.key) {
		key = st.key
	}
	in := incomingEvent(ev, st)
	b := make([]byte, 0, envelopeSpace(ev, st, c))
	b = append(b, `{"specversion":"1.0"`...)
	if in != nil {
		b = in.appendAttributes(b, map[string]string{"source": source, "type": kind, "subject": subject}, c.shaped)
	} else {
		b = appendMember(b, "id", st.identity)
		b = appendMember(b, "source", cmp.Or(source, "/kafka/"+ev.Record.Topic))
		b = appendMember(b, "type", cmp.Or(kind, defaultEventType))
		if t := appendTime(nil, ev.Record.Timestamp, ""); len(t) > 0 {
			b = append(append(b, `,"time":`...), t...)
		}
		b = appendMember(b, "subject", cmp.Or(subject, key))
	}
	if !in.has("partitionkey") {
		b = appendMember(b, "partitionkey", key)
	}
	if st.traceHeader != "" && !in.has("traceparent") { // a valid one
		b = appendMember(b, "traceparent", st.traceparent)
	}
	if eventText(st.CorrelationID) && !in.has("correlationid") {
		b = appendMember(b, "correlationid", st.CorrelationID)
	}
	switch {
	case in == nil || c.shaped:
		b = appendData(b, c, "")
	case in.structured:
		b = in.appendData(b)
	case memory.OffsetIn(c.data, ev.Record.Value) < 0: // decoded: the type is of what came
		b = appendData(b, c, "")
	default:
		b = appendData(b, c, in.dataType)
	}
	return append(b, '}'), nil
}

// appendMember writes a member that is not empty.
func appendMember(b []byte, name, value string) []byte {
	if value == "" {
		return b
	}
	b = append(append(append(b, `,"`...), name...), `":`...)
	return jsontext.AppendText(b, value)
}

// appendData writes what the event is about, and of what type that is; nothing for a tombstone. The type is
// what is said, where that and what is written here agree on whether it is JSON.
func appendData(b []byte, c content, said string) []byte {
	if said != "" && !jsonType(said) && c.kind == expr.ContentJSON {
		c.kind = expr.ContentText
	}
	kind := ""
	switch c.form() {
	case formNull:
		return b
	case formJSON:
		kind = cmp.Or(said, "application/json")
	case formText:
		if kind = said; said == "" || jsonType(said) {
			kind = "text/plain"
		}
	case formBase64:
		kind = cmp.Or(said, "application/octet-stream")
	}
	b = append(appendMember(b, "datacontenttype", kind), ',')
	return appendContent(b, "data", c)
}

// jsonType says whether data of a media type is JSON (CloudEvents 1.0, JSON Event Format, section 3.1).
func jsonType(media string) bool {
	media, _, _ = strings.Cut(media, ";")
	media = strings.ToLower(strings.TrimSpace(media))
	return strings.HasSuffix(media, "/json") || strings.HasSuffix(media, "+json")
}

// eventAttribute evaluates the expression of an attribute; "" where there is none, or it gives none.
func eventAttribute(expr *routing.Expression, ev *routing.Event, name string) (string, error) {
	if expr == nil {
		return "", nil
	}
	v, _, err := expr.Eval(ev)
	switch {
	case err != nil:
	case strings.TrimSpace(v) == "":
		return "", nil
	case !eventText(v):
		err = fmt.Errorf("the text holds characters that CloudEvents does not take in an attribute: %q", excerpt.Failure(v))
	case name == "source" && !uriReference(v):
		err = fmt.Errorf("%q is not a URI reference; write one such as /shop/orders, other characters percent-encoded", v)
	}
	if err != nil {
		return "", &EncodeError{Path: "cloudevents." + name, Err: err}
	}
	return v, nil
}

// eventText says whether s can be an attribute's value (CloudEvents 1.0, section "Type System"):
// no control characters and no noncharacters. Readers take one of nothing but spaces for empty, which
// it must not be.
func eventText(s string) bool {
	return sendable(s) && strings.TrimSpace(s) != "" && !strings.ContainsFunc(s, func(r rune) bool {
		return unicode.IsControl(r) || r >= 0xFDD0 && r <= 0xFDEF || r&0xFFFE == 0xFFFE
	})
}

// uriReference says whether s is one of RFC 3986. url.Parse alone takes more.
func uriReference(s string) bool {
	if strings.ContainsFunc(s, func(r rune) bool { return r <= ' ' || r > '~' || strings.ContainsRune("\"<>\\^`{|}", r) }) {
		return false
	}
	_, err := url.Parse(s)
	return err == nil
}
