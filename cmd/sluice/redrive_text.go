package main

import (
	"io"
	"strings"
	"text/tabwriter"

	"github.com/sluice-bridge/sluice/internal/excerpt"
	"github.com/sluice-bridge/sluice/resend/redrive"
)

// tellLetters says what would become of dead letters.
func tellLetters(w io.Writer, topic string, p redrive.Preview, recorded bool) {
	switch {
	case p.Whole:
		excerpt.Fprintf(w, "%d dead letters in %s, %d to be sent\n", p.Letters, topic, p.Goes)
	default:
		excerpt.Fprintf(w, "of the first %d dead letters in %s, out of up to %d, %d to be sent\n", p.Letters, topic, p.Offsets, p.Goes)
	}
	t := tabwriter.NewWriter(w, 0, 0, 2, ' ', tabwriter.AlignRight)
	for i := range p.Rows {
		row := &p.Rows[i]
		kind := row.Reason
		if row.Destination != "" {
			kind += " by " + row.Destination
		}
		if row.Rule != "" {
			kind += ", rule " + row.Rule
		}
		if kind == "" {
			kind = "others"
		}
		excerpt.Fprintf(t, "  \t%d\t  %s: %s\n", row.Count, kind, fateOfLetter(row))
	}
	_ = t.Flush() // to a writer whose errors are not looked at either
	if !recorded && p.Letters > 0 {
		excerpt.Fprintf(w, "no earlier redrive is on record; if there was one over a week ago, Kafka has forgotten it: leave out what it has sent with --from\n")
	}
}

func fateOfLetter(row *redrive.Row) string {
	switch {
	case row.Stays != "":
		return "stays, " + row.Stays
	case len(row.To) == 0:
		return "dropped by the rules"
	default:
		return "to " + strings.Join(row.To, ", ")
	}
}

// tellRedriven says what came of a redrive.
func tellRedriven(w io.Writer, r redrive.Result) {
	excerpt.Fprintf(w, "%d dead letters redriven\n", r.Redriven)
	tellSent(w, r.Totals)
	tellCounts(w, r.Stay, "stay: %s")
	if r.Unsettled > 0 {
		excerpt.Fprintf(w, "  %d were sent and not acknowledged, and stay\n", r.Unsettled)
	}
}
