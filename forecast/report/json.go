package report

import (
	"io"
	"strconv"

	"github.com/tidwall/gjson"
	"github.com/twmb/franz-go/pkg/kgo"

	"github.com/sluice-bridge/sluice/bridge/pipeline"
	"github.com/sluice-bridge/sluice/forecast"
	"github.com/sluice-bridge/sluice/routing"
)

// JSON prints a line for each event. It is written by hand, because a million lines are
// not unusual and the reflection of encoding/json would take a third of their time.
type JSON struct {
	Out   io.Writer
	Table *routing.Table
	line  []byte // reused
}

// Print writes a record's line. With undecodable its value cannot be decoded. The error is one of writing.
func (p *JSON) Print(x *pipeline.Explanation, undecodable error) error {
	if undecodable != nil {
		return p.undecodable(x.Event.Record, undecodable)
	}
	b := append(p.line[:0], `{"outcome":"`...)
	b = append(b, forecast.OutcomeName(x.Outcome())...)
	b = append(b, `","rules":`...)
	b = appendList(b, x.Decision.Matched, func(b []byte, rule int) []byte { return appendText(b, p.Table.RuleName(rule)) })
	b = append(b, `,"deliveries":`...)
	b = appendList(b, x.Deliveries, appendDelivery)
	b = append(b, `,"errors":`...)
	b = appendList(b, forecast.ErrorsOf(x, p.Table), func(b []byte, e forecast.RuleError) []byte {
		b = append(b, '{')
		if e.Rule != "" {
			b = append(appendText(append(b, `"rule":`...), e.Rule), ',')
		}
		b = appendText(append(b, `"error":`...), e.Text)
		return append(b, '}')
	})
	return p.finish(appendSchema(b, &x.Event.Value), x.Event.Record)
}

// undecodable prints a dead letter that no rule was asked about.
func (p *JSON) undecodable(r *kgo.Record, why error) error {
	b := append(p.line[:0], `{"outcome":"dead_letter","rules":[],"deliveries":[],"errors":[{"error":`...)
	return p.finish(append(appendText(b, why.Error()), "}]"...), r)
}

// finish says which record it was, and writes the line.
func (p *JSON) finish(b []byte, r *kgo.Record) error {
	b = appendText(append(b, `,"topic":`...), r.Topic)
	b = strconv.AppendInt(append(b, `,"partition":`...), int64(r.Partition), 10)
	b = strconv.AppendInt(append(b, `,"offset":`...), r.Offset, 10)
	p.line = append(b, "}\n"...)
	_, err := p.Out.Write(p.line)
	return err
}

// End writes nothing.
func (p *JSON) End() {}

func appendDelivery(b []byte, d pipeline.Preview) []byte {
	m := &d.Message
	b = appendText(append(b, `{"destination":`...), d.Destination.Name)
	b = strconv.AppendInt(append(b, `,"body_bytes":`...), int64(len(m.Body)), 10)
	b = append(b, `,"attributes":{`...)
	for i, a := range m.Attributes {
		if i > 0 {
			b = append(b, ',')
		}
		b = append(appendText(b, a.Name), ':')
		b = appendText(b, a.Value)
	}
	b = appendText(append(b, `},"group_id":`...), m.GroupID)
	b = appendText(append(b, `,"deduplication_id":`...), m.DeduplicationID)
	b = appendText(append(b, `,"subject":`...), m.Subject)
	b = append(b, `,"problems":`...)
	return append(appendList(b, d.Problems(), appendText), '}')
}

// appendList appends an array, which is never null.
func appendList[T any](b []byte, list []T, item func([]byte, T) []byte) []byte {
	b = append(b, '[')
	for i := range list {
		if i > 0 {
			b = append(b, ',')
		}
		b = item(b, list[i])
	}
	return append(b, ']')
}

// appendText appends a string, with U+FFFD for what is no UTF-8.
func appendText(b []byte, s string) []byte { return gjson.AppendJSONString(b, s) }
