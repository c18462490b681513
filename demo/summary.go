package demo

import (
	"errors"
	"fmt"
	"io"
	"strings"
	"time"
)

// ErrCheck is the end of a demo whose check found something.
var ErrCheck = errors.New("the check found what must not be")

// verdict is what a good run ends with.
const verdict = "nothing lost, nothing duplicated, order kept"

// summary is what is told at the end.
type summary struct {
	bridge    *Bridge
	findings  Findings
	committed committed
	figures   Figures
	produced  time.Duration // how long
	own       bool          // the configuration is the demo's
}

func (s *summary) good() bool { return s.findings.Good() && s.committed.good() }

func (s *summary) write(out io.Writer) {
	f := s.figures
	fmt.Fprintf(out, "\n%s events in %.1fs, %s consumed (%s/s), %s dropped by rules or unmatched, %s dead letters\n\n",
		thousands(f.Produced), s.produced.Seconds(), thousands(f.Consumed), thousands(f.Consumed/max(s.produced.Seconds(), 0.001)),
		thousands(f.Dropped), thousands(f.DeadLetters))
	const row = "%-13s %10s %10s %8s %10s %9s %7s %6s\n"
	fmt.Fprintf(out, row, "", "expected", "received", "missing", "duplicated", "reordered", "altered", "stray")
	for i, t := range s.findings.Tallies {
		name, reordered := "dead letters", "-"
		if i < len(s.bridge.Destinations) {
			d := s.bridge.Destinations[i]
			name = cut(d.Name, 13)
			if d.FIFO {
				reordered = thousands(t.Reordered)
			}
		}
		fmt.Fprintf(out, row, name, thousands(t.Expected), thousands(t.Received), thousands(t.Missing), thousands(t.Duplicated),
			reordered, thousands(t.Altered), thousands(t.Stray))
	}
	fmt.Fprintf(out, "\ncommitted offsets: %d of %d partitions are at their end\n", s.committed.atEnd, s.committed.partitions)
	if !s.own {
		fmt.Fprintln(out, "what to expect is what the rules of your configuration say, read with the bridge's own router: this run checks the way, not the rules")
	}
	for _, line := range s.findings.Samples {
		fmt.Fprintln(out, "  "+line)
	}
	if s.committed.behind != "" {
		fmt.Fprintln(out, "  "+s.committed.behind)
	}
	fmt.Fprintln(out, s.verdict())
}

// verdict is the last line.
func (s *summary) verdict() string {
	if s.good() {
		return verdict
	}
	var sum Tally
	for _, t := range s.findings.Tallies {
		sum.Missing += t.Missing
		sum.Duplicated += t.Duplicated
		sum.Reordered += t.Reordered
		sum.Altered += t.Altered
		sum.Stray += t.Stray
	}
	var bad []string
	for _, b := range []struct {
		n    int64
		what string
	}{
		{sum.Missing, "lost"}, {sum.Duplicated, "duplicated"}, {sum.Reordered, "reordered"},
		{sum.Altered, "altered"}, {sum.Stray, "stray"},
		{int64(s.committed.partitions - s.committed.atEnd), "partitions not committed to their end"},
	} {
		if b.n > 0 {
			bad = append(bad, thousands(b.n)+" "+b.what)
		}
	}
	return "NOT GOOD: " + strings.Join(bad, ", ")
}
