package main

import (
	"bufio"
	"fmt"
	"slices"
	"strings"

	"github.com/twmb/franz-go/pkg/kgo"

	"github.com/sluice-bridge/sluice/internal/excerpt"
)

// diffText prints differences for a person.
type diffText struct {
	out   *bufio.Writer
	names [2]string // of the configurations
}

func (p *diffText) linef(format string, args ...any) {
	sayf(p.out, format+"\n", args...)
}

func (p *diffText) print(r *kgo.Record, before, after *fate, changes []change) error {
	p.linef("%s/%d/%d%s: %s", r.Topic, r.Partition, r.Offset, keyOf(r.Key), moved(before.ends(), after.ends()))
	width := 0
	for _, c := range changes {
		width = max(width, len(c.what))
	}
	destination := ""
	for _, c := range changes {
		switch {
		case c.destination == "":
			p.linef("  %-*s  %s", width, c.what, fromTo(c))
		case c.what == "" && c.after == "":
			p.linef("  - %s (%s)", c.destination, c.before)
		case c.what == "":
			p.linef("  + %s (%s)", c.destination, c.after)
		default:
			if c.destination != destination {
				p.linef("  ~ %s", c.destination)
			}
			p.linef("      %-*s  %s", width, c.what, fromTo(c))
		}
		destination = c.destination
	}
	p.linef("")
	_, err := p.out.Write(nil) // tells of an earlier error
	return err
}

func fromTo(c change) string { return brief(c.before) + " → " + brief(c.after) }

// brief shows the beginning of a value on one line.
func brief(s string) string { return orNone(excerpt.Line(excerpt.Of(s))) }

func moved(from, to []string) string {
	if slices.Equal(from, to) {
		return strings.Join(from, ", ") + ", differently"
	}
	return strings.Join(from, ", ") + " → " + strings.Join(to, ", ")
}

func (p *diffText) end(events, differ int, moves []*move) error {
	p.linef("%s, %s from %s to %s", plural(events, "event"), differs(differ), p.names[0], p.names[1])
	for _, m := range moves {
		p.linef("  %7d  %s", m.events, moved(m.from, m.to))
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

func plural(n int, noun string) string {
	if n == 1 {
		return "1 " + noun
	}
	return fmt.Sprintf("%d %ss", n, noun)
}
