package bridge

import (
	"fmt"
	"net/url"
	"strings"
	"unicode"

	"github.com/sluice-bridge/sluice/codec"
	"github.com/sluice-bridge/sluice/internal/excerpt"
	"github.com/sluice-bridge/sluice/routing"
)

// defaultEventType is the type of events where no expression gives one.
const defaultEventType = "kafka.record"

// cloudEvent writes the record as a CloudEvent (CloudEvents 1.0, JSON Event Format, section 3).
func (e *Encoder) cloudEvent(ev *routing.Event, st *stamp, index int, c content) ([]byte, error) {
	expr := e.table.Event(index)
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
	if subject == "" {
		subject = key
	}
	if kind == "" {
		kind = defaultEventType
	}
	if source == "" {
		source = "/kafka/" + ev.Record.Topic
	}
	b := make([]byte, 0, envelopeSpace(ev, st, c))
	b = append(b, `{"specversion":"1.0","id":`...)
	b = codec.AppendText(b, st.identity)
	b = appendMember(b, "source", source)
	b = appendMember(b, "type", kind)
	if t := appendTime(nil, ev.Record.Timestamp, ""); len(t) > 0 {
		b = append(append(b, `,"time":`...), t...)
	}
	b = appendMember(b, "subject", subject)
	b = appendMember(b, "partitionkey", key)
	if st.traceHeader != "" { // a valid one
		b = appendMember(b, "traceparent", st.traceparent)
	}
	if eventText(st.correlationID) {
		b = appendMember(b, "correlationid", st.correlationID)
	}
	return append(appendData(b, c), '}'), nil
}

// appendMember writes a member that is not empty.
func appendMember(b []byte, name, value string) []byte {
	if value == "" {
		return b
	}
	b = append(append(append(b, `,"`...), name...), `":`...)
	return codec.AppendText(b, value)
}

// appendData writes what the event is about, and of what type that is; nothing for a tombstone.
func appendData(b []byte, c content) []byte {
	switch c.form() {
	case formNull:
		return b
	case formJSON:
		b = append(b, `,"datacontenttype":"application/json",`...)
	case formText:
		b = append(b, `,"datacontenttype":"text/plain",`...)
	case formBase64:
		b = append(b, `,"datacontenttype":"application/octet-stream",`...)
	}
	return appendContent(b, "data", c)
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
		err = fmt.Errorf("%q is no URI reference; write one such as /shop/orders, other characters percent-encoded", v)
	}
	if err != nil {
		return "", &EncodeError{Place: "cloudevents." + name, Err: err}
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
