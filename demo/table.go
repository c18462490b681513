package demo

import (
	"fmt"
	"time"
)

// line is a line of the table.
type line struct {
	text  string
	style string // an ANSI sequence, or empty
}

const (
	bold = "\x1b[1m"
	dim  = "\x1b[2m"
	warm = "\x1b[33m"
)

// The rows of the table fit into 80 columns.
const (
	destinationRow = "%-13s %-8s %12s %7s %15s %7s %10s"
	ruleRow        = "%-22s %12s %7s"
)

// table draws the figures; before are those of a second ago.
func table(b *Bridge, now, before Figures, limit time.Duration, warnings []string) []line {
	took := now.At - before.At
	for len(before.Rules) < len(now.Rules) {
		before.Rules = append(before.Rules, 0)
	}
	for len(before.Destinations) < len(now.Destinations) {
		before.Destinations = append(before.Destinations, DestinationFigures{})
	}
	state := ""
	switch {
	case now.Draining:
		state = now.drained()
	case limit > 0:
		state = " of " + clock(limit)
	}
	lines := []line{
		{"", ""},
		{fmt.Sprintf("%s%s  produced %s  consumed %s (%s/s)  lag %s", clock(now.At), state, thousands(now.Produced),
			thousands(now.Consumed), thousands(perSecond(now.Consumed, before.Consumed, took)), thousands(now.Lag)), bold},
		{"", ""},
		{fmt.Sprintf(destinationRow, "destination", "kind", "acknowledged", "/s", "entries/request", "retries", "arrived"), dim},
	}
	add := func(style, format string, args ...any) {
		lines = append(lines, line{fmt.Sprintf(format, args...), style})
	}
	for i, d := range b.Destinations {
		f, was := now.Destinations[i], before.Destinations[i]
		add("", destinationRow, cut(d.Name, 13), d.Kind(), thousands(f.Acknowledged),
			thousands(perSecond(f.Acknowledged, was.Acknowledged, took)), ratio(f.Entries, f.Requests), thousands(f.Retries), thousands(f.Checked))
	}
	add("", ruleRow, "dead letters", thousands(now.DeadLetters), thousands(perSecond(now.DeadLetters, before.DeadLetters, took)))
	add("", "")
	add(dim, ruleRow, "rule", "matched", "/s")
	for i, name := range b.Rules {
		add("", ruleRow, cut(name, 22), thousands(now.Rules[i]), thousands(perSecond(now.Rules[i], before.Rules[i], took)))
	}
	if now.RuleErrors > 0 {
		add("", ruleRow, "(failed to evaluate)", thousands(now.RuleErrors), "")
	}
	for _, w := range warnings {
		add(warm, "! %s", w)
	}
	return lines
}

// cut shortens a text to so many characters.
func cut(s string, n int) string {
	r := []rune(s)
	if len(r) <= n {
		return s
	}
	return string(r[:max(n-1, 0)]) + "…"
}
