package demo

import (
	"context"
	"fmt"
	"io"
	"strings"
	"time"
)

// view shows the figures once a second: a table on a terminal that is wide enough, else a line.
type view struct {
	out    io.Writer
	screen *screen // nil where the output is no terminal
	limit  time.Duration
	bridge *Bridge
	log    *logFile

	before Figures
	told   int // warnings
}

// run shows until ctx ends, and then once more.
func (v *view) run(ctx context.Context, figures func() Figures) {
	tick := time.NewTicker(time.Second)
	defer tick.Stop()
	if v.screen != nil {
		v.show(figures())
	}
	for {
		select {
		case <-ctx.Done():
			v.show(figures())
			return
		case <-tick.C:
			v.show(figures())
		}
	}
}

func (v *view) show(now Figures) {
	warnings, count := v.log.warnings()
	if v.screen != nil && v.screen.wide() {
		v.screen.draw(table(v.bridge, now, v.before, v.limit, warnings))
	} else {
		if v.screen != nil {
			v.screen.leave()
		}
		fresh := min(count-v.told, len(warnings))
		for _, w := range warnings[len(warnings)-fresh:] {
			fmt.Fprintln(v.out, "! "+w)
		}
		fmt.Fprintln(v.out, plain(v.bridge, now, v.before))
	}
	v.told = count
	v.before = now
}

// plain is a line of figures.
func plain(b *Bridge, now, before Figures) string {
	var entries, requests float64
	var acks []string
	for i, d := range b.Destinations {
		f := now.Destinations[i]
		entries, requests = entries+f.Entries, requests+f.Requests
		acks = append(acks, d.Name+" "+thousands(f.Acknowledged))
	}
	return fmt.Sprintf("%s  produced %s  consumed %s (%s/s)  lag %s  acknowledged: %s  entries/request %s  dead letters %s",
		clock(now.At), thousands(now.Produced), thousands(now.Consumed), thousands(perSecond(now.Consumed, before.Consumed, now.At-before.At)),
		thousands(now.Lag), strings.Join(acks, ", "), ratio(entries, requests), thousands(now.Letters))
}
