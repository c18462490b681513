package report

import (
	"io"
	"text/tabwriter"

	"github.com/sluice-bridge/sluice/internal/excerpt"
	"github.com/sluice-bridge/sluice/resend/replay"
)

// Spans says for people how much there is to read, of which so many records at the most are read for a preview.
func Spans(w io.Writer, spans []replay.Span, most int64) {
	var all int64
	for _, s := range spans {
		n := s.Offsets()
		all += n
		excerpt.Fprintf(w, "topic %s: up to %d records of %d partitions\n", s.Topic, n, len(s.Ranges))
	}
	if all > most {
		excerpt.Fprintf(w, "reading %d of them to see where they go\n", most)
	}
}

// Replay says what would be sent.
type Replay struct{ replay.Preview }

// Text implements Report.
func (p Replay) Text(w io.Writer) {
	if p.Whole {
		excerpt.Fprintf(w, "%d records:\n", p.Records)
	} else {
		excerpt.Fprintf(w, "of the first %d records, out of up to %d:\n", p.Records, p.Offsets)
	}
	t := tabwriter.NewWriter(w, 0, 0, 2, ' ', tabwriter.AlignRight)
	for _, row := range p.Rows {
		what := "to " + row.Destination
		if row.Rule != "" {
			what += ", by " + row.Rule
		}
		switch {
		case row.Why != "" && row.Destination != "":
			what += ": a dead letter, " + row.Why
		case row.Why != "":
			what = "not sent: " + row.Why
		}
		excerpt.Fprintf(t, "  \t%d\t  %s: %s\n", row.Count, row.Topic, what)
	}
	_ = t.Flush() // to a writer whose errors are not looked at either
}

// Replayed says what has come of a replay.
type Replayed struct {
	replay.Result
	// Resume is the command that sends what is left; empty where nothing is.
	Resume string `json:"resume"`
	// Error says why it ended before all was sent.
	Error string `json:"error"`
}

// NewReplayed returns the report of a replay that has failed, or not.
func NewReplayed(result replay.Result, resume string, failed error) Replayed {
	return Replayed{result, resume, failure(failed)}
}

// Text implements Report.
func (r Replayed) Text(w io.Writer) {
	excerpt.Fprintf(w, "replay %s: %d records\n", r.ID, r.Records)
	sent(w, r.Totals)
	counts(w, r.Unroutable, "not sent: %s")
}
