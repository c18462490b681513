package report

import (
	"bufio"
	"fmt"
	"slices"
	"strings"

	"github.com/twmb/franz-go/pkg/kgo"

	"github.com/sluice-bridge/sluice/forecast"
	"github.com/sluice-bridge/sluice/internal/excerpt"
)

// DiffText prints differences for a person.
type DiffText struct {
	Out   *bufio.Writer
	Names [2]string // of the configurations
}

func (p *DiffText) linef(format string, args ...any) {
	excerpt.Fprintf(p.Out, format+"\n", args...)
}

// Print writes what differs of an event. The error is one of writing.
func (p *DiffText) Print(r *kgo.Record, before, after *forecast.Forecast, changes []forecast.Change) error {
	p.linef("%s/%d/%d%s: %s", r.Topic, r.Partition, r.Offset, keyOf(r.Key), moved(before.Ends(), after.Ends()))
	width := 0
	for _, c := range changes {
		width = max(width, len(c.What))
	}
	destination := ""
	for _, c := range changes {
		switch {
		case c.Destination == "":
			p.linef("  %-*s  %s", width, c.What, fromTo(c))
		case c.What == "" && c.After == "":
			p.linef("  - %s (%s)", c.Destination, c.Before)
		case c.What == "":
			p.linef("  + %s (%s)", c.Destination, c.After)
		default:
			if c.Destination != destination {
				p.linef("  ~ %s", c.Destination)
			}
			p.linef("      %-*s  %s", width, c.What, fromTo(c))
		}
		destination = c.Destination
	}
	p.linef("")
	_, err := p.Out.Write(nil) // tells of an earlier error
	return err
}

func fromTo(c forecast.Change) string { return brief(c.Before) + " → " + brief(c.After) }

// brief shows the beginning of a value on one line.
func brief(s string) string { return excerpt.OrNone(excerpt.Line(excerpt.Of(s))) }

func moved(from, to []string) string {
	if slices.Equal(from, to) {
		return strings.Join(from, ", ") + ", differently"
	}
	return strings.Join(from, ", ") + " → " + strings.Join(to, ", ")
}

// End writes the summary.
func (p *DiffText) End(events, differ int, moves []*forecast.Move) error {
	p.linef("%s, %s from %s to %s", excerpt.Plural(events, "event"), differs(differ), p.Names[0], p.Names[1])
	for _, m := range moves {
		p.linef("  %7d  %s", m.Events, moved(m.From, m.To))
	}
	return nil
}

func differs(n int) string {
	switch n {
	case 0:
		return "none differs"
	case 1:
		return "1 differs"
	}
	return fmt.Sprintf("%d differ", n)
}
