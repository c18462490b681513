package replay

import (
	"cmp"
	"context"
	"slices"

	"github.com/twmb/franz-go/pkg/kgo"

	"github.com/sluice-bridge/sluice/bridge/message"
	"github.com/sluice-bridge/sluice/bridge/pipeline"
	"github.com/sluice-bridge/sluice/resend"
)

// Row counts what comes of the records of a topic: messages to a destination by the rule that named
// it, and records of which nothing is sent.
type Row struct {
	Topic       string `json:"topic"`
	Rule        string `json:"rule,omitempty"`
	Destination string `json:"destination,omitempty"`
	// Why nothing is sent: a reason for a dead letter, which with a destination it becomes, "dropped",
	// or "filtered" where the filter wants none of its messages.
	Why   string `json:"not_sent,omitempty"`
	Count int64  `json:"count"`
}

// Preview is what a replay would send.
type Preview struct {
	// Offsets is how many there are to read; as many records at the most.
	Offsets int64 `json:"offsets"`
	// Records were read for this, and Whole says whether that is all.
	Records int64 `json:"records"`
	Whole   bool  `json:"whole"`
	Rows    []Row `json:"rows"`
}

// Destinations are those, of all, that messages would go to; all where not every record was read.
func (p *Preview) Destinations(all []string) []string {
	return resend.Needed(all, p.Whole, func(name string) bool {
		return slices.ContainsFunc(p.Rows, func(row Row) bool { return row.Destination == name })
	})
}

// filtered is why nothing is sent where the filter wants none of a record's messages.
const filtered = "filtered"

// look counts what a replay of spans would send, reading so many records at the most.
func look(ctx context.Context, spans []Span, f Filter, ex resend.Explainer, most int64) (Preview, error) {
	p := Preview{Whole: true}
	for _, s := range spans {
		p.Offsets += s.Offsets()
	}
	counts := map[Row]int64{}
	var x pipeline.Explanation
	for _, s := range spans {
		ask := func(r *kgo.Record) {
			if f.Has(r.Timestamp) {
				ex.Ahead(r)
			}
		}
		for r, err := range resend.LookAhead(s.Reader.Read(ctx, s.Ranges), ask) {
			if err != nil {
				return p, err
			}
			if p.Whole = p.Records < most; !p.Whole {
				break
			}
			if !f.Has(r.Timestamp) {
				continue
			}
			p.Records++
			why, err := resend.Explain(ex, r, s.Reader.Origin(), &x)
			if err != nil {
				return p, err
			}
			for _, row := range rows(why, &x, f) {
				row.Topic = s.Topic
				counts[row]++
			}
		}
	}
	for row, n := range counts {
		row.Count = n
		p.Rows = append(p.Rows, row)
	}
	slices.SortFunc(p.Rows, func(a, b Row) int {
		return cmp.Or(cmp.Compare(a.Topic, b.Topic), cmp.Compare(a.Why, b.Why), cmp.Compare(a.Destination, b.Destination), cmp.Compare(a.Rule, b.Rule))
	})
	return p, nil
}

func rows(why string, x *pipeline.Explanation, f Filter) []Row {
	if why != "" {
		return []Row{{Why: why}}
	}
	var all []Row
	for i := range x.Deliveries {
		d := &x.Deliveries[i]
		if !f.wants(d.Destination.Name, d.Rule) {
			continue
		}
		row := Row{Rule: d.Rule, Destination: d.Destination.Name}
		if d.Err != nil {
			row.Why = string(message.ReasonEncode)
		}
		all = append(all, row)
	}
	if all == nil {
		all = []Row{{Why: filtered}}
	}
	return all
}
