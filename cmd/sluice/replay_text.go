package main

import (
	"io"
	"maps"
	"slices"
	"text/tabwriter"

	"github.com/sluice-bridge/sluice/internal/excerpt"
	"github.com/sluice-bridge/sluice/resend/replay"
	"github.com/sluice-bridge/sluice/telemetry"
)

// tellSpans says how much there is to read.
func tellSpans(w io.Writer, spans []replay.Span, most int64) {
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

// tellPreview says what would be sent.
func tellPreview(w io.Writer, p replay.Preview) {
	switch {
	case p.Whole:
		excerpt.Fprintf(w, "%d records:\n", p.Records)
	default:
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

// tellResult says what came of a replay.
func tellResult(w io.Writer, r replay.Result) {
	excerpt.Fprintf(w, "replay %s: %d records\n", r.ID, r.Records)
	tellSent(w, r.Totals)
	tellCounts(w, r.Unroutable, "not sent: %s")
}

// tellSent says what has become of messages.
func tellSent(w io.Writer, s telemetry.Totals) {
	tellCounts(w, s.Acknowledged, "acknowledged by %s")
	tellCounts(w, s.DeadLettered, "refused by %s")
	tellCounts(w, s.Letters, "new dead letters: %s")
	if s.Dropped > 0 {
		tellCounts(w, map[string]int64{"rules": s.Dropped}, "dropped by %s")
	}
}

func tellCounts[K ~string](w io.Writer, counts map[K]int64, format string) {
	for _, name := range slices.Sorted(maps.Keys(counts)) {
		excerpt.Fprintf(w, "  %d "+format+"\n", counts[name], name)
	}
}
