package report

import (
	"io"
	"strings"
	"text/tabwriter"

	"github.com/sluice-bridge/sluice/internal/excerpt"
	"github.com/sluice-bridge/sluice/resend/redrive"
)

// Redrive says what would become of the dead letters of a topic.
type Redrive struct {
	redrive.Preview
	Topic string `json:"-"`
	// From is what the reader names the earliest time of letters with: a flag, a field.
	From string `json:"-"`
}

// Text implements Report.
func (p Redrive) Text(w io.Writer) {
	if p.Whole {
		excerpt.Fprintf(w, "%d dead letters in %s, %d to be sent\n", p.Letters, p.Topic, p.Goes)
	} else {
		excerpt.Fprintf(w, "of the first %d dead letters in %s, out of up to %d, %d to be sent\n", p.Letters, p.Topic, p.Offsets, p.Goes)
	}
	t := tabwriter.NewWriter(w, 0, 0, 2, ' ', tabwriter.AlignRight)
	for i := range p.Rows {
		row := &p.Rows[i]
		excerpt.Fprintf(t, "  \t%d\t  %s: %s\n", row.Count, kindOf(row), becomesOf(row))
	}
	_ = t.Flush() // to a writer whose errors are not looked at either
	if !p.Recorded && p.Letters > 0 {
		excerpt.Fprintf(w, "no earlier redrive is on record; if there was one over a week ago, Kafka has forgotten it: leave out what it has sent with %s\n", p.From)
	}
}

// kindOf says which letters a row counts.
func kindOf(row *redrive.Row) string {
	kind := row.Reason
	if row.Destination != "" {
		kind += " by " + row.Destination
	}
	if row.Rule != "" {
		kind += ", rule " + row.Rule
	}
	if kind == "" {
		return "others"
	}
	return kind
}

func becomesOf(row *redrive.Row) string {
	switch {
	case row.Stays != "":
		return "stays, " + row.Stays
	case len(row.To) == 0:
		return "dropped by the rules"
	default:
		return "to " + strings.Join(row.To, ", ")
	}
}

// Redriven says what has come of a redrive.
type Redriven struct {
	redrive.Result
	// Error says why it ended before all was sent.
	Error string `json:"error"`
}

// NewRedriven returns the report of a redrive that has failed, or not.
func NewRedriven(result redrive.Result, failed error) Redriven {
	return Redriven{result, failure(failed)}
}

// Text implements Report.
func (r Redriven) Text(w io.Writer) {
	excerpt.Fprintf(w, "%d dead letters redriven\n", r.Redriven)
	sent(w, r.Totals)
	counts(w, r.Stay, "stay: %s")
	if r.Unsettled > 0 {
		excerpt.Fprintf(w, "  %d were sent and not acknowledged, and stay\n", r.Unsettled)
	}
}
