package report

import (
	"bufio"
	"fmt"
	"strings"

	"github.com/sluice-bridge/sluice/bridge/message"
	"github.com/sluice-bridge/sluice/bridge/pipeline"
	"github.com/sluice-bridge/sluice/forecast"
	"github.com/sluice-bridge/sluice/forecast/event"
	"github.com/sluice-bridge/sluice/internal/excerpt"
	"github.com/sluice-bridge/sluice/routing"
)

// Text prints explanations for a person.
type Text struct {
	// Live says that ids are those of the bridge, since records come from Kafka.
	Live bool

	out        *bufio.Writer
	forecaster *forecast.Forecaster
	events     int
	sent       bool // something would be
}

// NewText prints what a forecaster explains.
func NewText(out *bufio.Writer, f *forecast.Forecaster) *Text {
	return &Text{out: out, forecaster: f}
}

func (p *Text) linef(format string, args ...any) {
	excerpt.Fprintf(p.out, format+"\n", args...)
}

// Print explains a record. With undecodable its value cannot be decoded. The error is one of writing.
func (p *Text) Print(x *pipeline.Explanation, undecodable error) error {
	if p.events++; p.events > 1 {
		p.linef("")
	}
	r := x.Event.Record
	outcome := fmt.Sprintf("dead letter to %s, because its value cannot be decoded: %v", p.letters(), undecodable)
	if undecodable == nil {
		outcome = p.outcome(x)
	}
	p.linef("%s/%d/%d%s: %s", r.Topic, r.Partition, r.Offset, keyOf(r.Key), outcome)
	if !p.forecaster.Reads(r.Topic) {
		p.linef("  The bridge does not read this topic: neither a rule nor topics names it.")
	}
	if undecodable != nil {
		_, err := p.out.Write(nil)
		return err
	}
	if v := &x.Event.Value; v.Schema != nil {
		p.linef("  schema  %s", describeSchema(v))
	}
	if !x.Tombstone {
		p.rules(x)
	}
	for i := range x.Deliveries {
		p.delivery(&x.Deliveries[i])
	}
	_, err := p.out.Write(nil) // tells of an earlier error
	return err
}

// keyOf shows a key, cut where it is long.
func keyOf(key []byte) string {
	const longest = 60
	switch {
	case key == nil:
		return ""
	case len(key) > longest:
		return fmt.Sprintf(" key %q…", key[:longest])
	}
	return fmt.Sprintf(" key %q", key)
}

// outcome says in a clause what becomes of the event.
func (p *Text) outcome(x *pipeline.Explanation) string {
	d := &x.Decision
	switch d.Outcome {
	case routing.Routed:
		if x.Outcome() == routing.DeadLetter {
			return fmt.Sprintf("dead letter to %s, because nothing that it is routed to can be sent", p.letters())
		}
		names := make([]string, len(x.Deliveries))
		for i := range x.Deliveries {
			names[i] = x.Deliveries[i].Destination.Name
		}
		return "routed to " + strings.Join(names, ", ")
	case routing.Dropped:
		if x.Tombstone {
			return "dropped, because it has no value and tombstones are dropped"
		}
		return fmt.Sprintf("dropped by rule %q", p.forecaster.Table().RuleName(d.Matched[len(d.Matched)-1]))
	case routing.DeadLetter:
		if d.Undecodable {
			return fmt.Sprintf("dead letter to %s, because a rule has to read its value: %v", p.letters(), x.NotJSON())
		}
		if len(d.Errors) > 0 {
			return fmt.Sprintf("dead letter to %s, because no rule matched and rule %q failed", p.letters(), p.forecaster.Table().RuleName(d.Errors[0].Rule))
		}
		return fmt.Sprintf("dead letter to %s, because no rule matched%s", p.letters(), unread(x))
	case routing.Unmatched:
		return "dropped and counted as unmatched, because no rule matched" + unread(x)
	}
	return ""
}

// unread says why the rules could not look into the value of an event that none matched.
func unread(x *pipeline.Explanation) string {
	if err := x.NotJSON(); err != nil {
		return "; " + err.Error()
	}
	return ""
}

func (p *Text) letters() string { return forecast.DeadLetters(p.forecaster.Config()) }

// rules says of every rule why it matched or not.
func (p *Text) rules(x *pipeline.Explanation) {
	traces := p.forecaster.Table().Explain(&x.Event)
	if len(traces) == 0 {
		return
	}
	width := 0
	for _, t := range traces {
		width = max(width, len([]rune(t.Name)))
	}
	p.linef("  rules")
	for _, t := range traces {
		mark, why := "-", t.Part+": "+t.Reason
		switch {
		case t.Matched:
			mark, why = "+", "matches"
		case t.Skipped:
			why = "not looked at: a rule before it matched and does not say continue"
		case t.Err != nil:
			mark, why = "!", "fails at "+why
		}
		p.linef("    %s %-*s  %s", mark, width, t.Name, why)
	}
}

// delivery shows one message.
func (p *Text) delivery(d *pipeline.Preview) {
	m := &d.Message
	p.sent = true
	p.linef("  delivery to %s (%s)%s", d.Destination.Name, p.kind(d.Destination), p.by(d))
	for _, problem := range d.Problems() {
		p.linef("    PROBLEM         %s; it becomes a dead letter, to %s", problem, p.letters())
	}
	if d.Err != nil {
		return
	}
	p.linef("    size            %d bytes of %d; body %d", m.Size, d.Destination.Profile.Bytes, len(m.Body))
	for _, v := range [][2]string{
		{"group", m.GroupID}, {"deduplication", m.DeduplicationID}, {"subject", m.Subject}, {"X-Ray", m.TraceHeader},
	} {
		if v[1] != "" {
			p.linef("    %-15s %s", v[0], v[1])
		}
	}
	for i, a := range m.Attributes {
		label := ""
		if i == 0 {
			label = "attributes"
		}
		p.linef("    %-15s %s = %s", label, a.Name, a.Value)
		if folded := a.Folded(); folded != "" {
			p.linef("    %-15s   which is %s", "", folded)
		}
	}
	p.linef("    %-15s %s", "body", shorten(m.Body))
}

// shorten shows the beginning of a body.
func shorten(body []byte) string {
	const longest = 200
	if len(body) <= longest {
		return excerpt.Line(string(body))
	}
	return excerpt.Line(strings.ToValidUTF8(string(body[:longest]), "")) + "…"
}

// kind says what a destination is.
func (p *Text) kind(d message.Destination) string {
	address := p.forecaster.Config().Destinations[d.Name].Address()
	return address.Describe()
}

// by says what named the destination, and which group sends to it where it has its own.
func (p *Text) by(d *pipeline.Preview) string {
	text := ", as unmatched says"
	if d.Rule != "" {
		text = fmt.Sprintf(", by rule %q", d.Rule)
	}
	if name := d.Destination.Name; p.forecaster.Config().Destinations[name].Isolated {
		text += ", by its own consumer group " + p.forecaster.Config().Group(name)
	}
	return text
}

// End says once what the ids stand for.
func (p *Text) End() {
	if p.sent && !p.Live {
		p.linef("")
		p.linef("Ids that begin with %q stand for those of the running bridge, which begin with the ids of\ncluster and topic.", event.PlaceholderCluster+".")
	}
}
