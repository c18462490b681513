package routing

import "unicode/utf8"

// Correlation finds the correlation id that an event brings along. It is immutable and safe for
// concurrent use.
type Correlation struct {
	headers []string
	field   *Expression
}

// CompileCorrelation compiles the headers to look at, in order, and the expression to fall back
// on, which may be empty. The error is Problems.
func CompileCorrelation(headers []string, field string) (*Correlation, error) {
	c := &Correlation{headers: headers}
	if field == "" {
		return c, nil
	}
	e, err := CompileExpression(field)
	if err == nil && !e.program.uses["correlation_id"] {
		c.field = e
		return c, nil
	}
	if err != nil {
		return nil, Problems{problemOf("correlation.field", err)}
	}
	return nil, Problems{{Path: "correlation.field", Message: "correlation_id is what this gives; name a field of the value"}}
}

// NeedsValue reports whether finding the id may read the record's value.
func (c *Correlation) NeedsValue() bool { return c.field != nil && c.field.NeedsValue() }

// Find returns the first header that is present, not empty and valid UTF-8; else what the field
// expression gives; else the trace id of a valid traceparent header; else "". An expression that
// fails counts as absent: an event is not held up for want of an id.
func (c *Correlation) Find(ev *Event) string {
	for _, name := range c.headers {
		for _, h := range ev.Record.Headers {
			if h.Key == name && len(h.Value) > 0 && utf8.Valid(h.Value) {
				return string(h.Value)
			}
		}
	}
	if c.field != nil {
		if id, ok, err := c.field.Eval(ev); err == nil && ok && id != "" && utf8.ValidString(id) {
			return id
		}
	}
	for _, h := range ev.Record.Headers {
		if h.Key == "traceparent" {
			if t, ok := ParseTraceparent(string(h.Value)); ok {
				return t.TraceID
			}
		}
	}
	return ""
}
