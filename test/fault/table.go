package fault

import (
	"cmp"
	"fmt"
	"strings"
	"text/tabwriter"
	"time"

	"github.com/sluice-bridge/sluice/test/page"
)

var columns = []string{"schedule", "seed", "events", "delivered", "lost", "duplicated", "fifo duplicated",
	"out of order", "altered", "dead-lettered", "committed early", "seconds", "verdict"}

func (r *Result) row() []string {
	duplicated := fmt.Sprint(r.Duplicated)
	if r.Allowed > 0 {
		duplicated += fmt.Sprintf(" of %d", r.Allowed)
	}
	lost := fmt.Sprint(r.Lost)
	if r.Expired > 0 {
		lost += fmt.Sprintf(" (%d deleted by Kafka)", r.Expired)
	}
	verdict := "passed"
	if !r.Passed() {
		verdict = "FAILED"
	}
	row := []string{r.Schedule.Name}
	for _, v := range []any{r.Seed, r.Events, r.Delivered, lost, duplicated, r.FIFODuplicated, r.OutOfOrder, r.Altered, r.Letters,
		r.Early, fmt.Sprintf("%.0f", r.Took.Round(time.Second).Seconds()), verdict} {
		row = append(row, fmt.Sprint(v))
	}
	return row
}

// Text lays results out for a terminal.
func Text(results []Result) string {
	var b strings.Builder
	w := tabwriter.NewWriter(&b, 0, 0, 2, ' ', 0)
	fmt.Fprintln(w, strings.Join(columns, "\t"))
	for _, r := range results {
		fmt.Fprintln(w, strings.Join(r.row(), "\t"))
	}
	_ = w.Flush() // a strings.Builder takes everything
	return b.String()
}

// Markdown lays results out for a page, after what the schedules do.
func Markdown(results []Result, at time.Time) string {
	var b strings.Builder
	line := func(cells ...string) { fmt.Fprintf(&b, "| %s |\n", strings.Join(cells, " | ")) }
	header := func(cells ...string) {
		line(cells...)
		b.WriteString(strings.Repeat("|---", len(cells)) + "|\n")
	}
	b.WriteString("### What each does\n\n")
	header("schedule", "faults, while events flow", "duplicates at standard destinations that it allows")
	for _, s := range Schedules {
		line(s.Name, s.What, cmp.Or(s.Duplicates, "none"))
	}
	fmt.Fprintf(&b, "\n### What came of it\n\n%s\n\n", page.Stamp(at))
	header(columns...)
	for _, r := range results {
		line(r.row()...)
	}
	return b.String()
}

// Line is a result in a line, for those who wait for the table.
func (r *Result) Line() string {
	row := r.row()
	return fmt.Sprintf("%-20s seed %s: %s in %s s, %s\n", row[0], row[1], row[2]+" events", row[len(row)-2], row[len(row)-1])
}
