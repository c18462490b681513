package routing

import (
	"unicode/utf8"

	"github.com/sluice-bridge/sluice/routing/expr"
)

// Correlation finds the correlation id that an event brings along. It is immutable and safe for
// concurrent use.
type Correlation struct {
	headers []string
	field   *expr.Expression
}

// CompileCorrelation compiles the headers to look at, in order, and the expression to fall back
// on, which may be empty. The error is Problems.
func CompileCorrelation(headers []string, field string) (*Correlation, error) {
	c := &Correlation{headers: headers}
	if field == "" {
		return c, nil
	}
	e, err := expr.Compile(field)
	if err == nil && !e.Reads("correlation_id") {
		c.field = e
		return c, nil
	}
	if err != nil {
		return nil, Problems{problemOf("correlation.field", err)}
	}
	return nil, Problems{{Path: "correlation.field", Message: "correlation_id is what this gives; name a field of the value"}}
}

// NeedsValue reports whether finding the id may read the record's value.
func (c *Correlation) NeedsValue() bool {
	return c.field != nil && c.field.Needs()&expr.NeedsValue != 0
}

// NeedsSubject reports whether it may read under which subject the value's schema is registered.
func (c *Correlation) NeedsSubject() bool {
	return c.field != nil && c.field.Needs()&expr.NeedsSubject != 0
}

// Find returns the first of the headers that is present, not empty and valid UTF-8, and the last one where a
// name repeats; else what the field
// expression gives; else the trace id of a valid traceparent header; else "". An expression that
// fails counts as absent: an event is not held up for want of an id.
func (c *Correlation) Find(ev *expr.Event) string {
	for _, name := range c.headers {
		if v, _ := expr.LastHeader(ev.Record.Headers, name); len(v) > 0 && utf8.Valid(v) {
			return string(v)
		}
	}
	if c.field != nil {
		if id, ok, err := c.field.Eval(ev); err == nil && ok && id != "" && utf8.ValidString(id) {
			return id
		}
	}
	v, _ := expr.LastHeader(ev.Record.Headers, "traceparent")
	if t, ok := ParseTraceparent(string(v)); ok {
		return t.TraceID
	}
	return ""
}
