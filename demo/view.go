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
	told   int             // warnings
	known  map[string]bool // problems that were told
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
			if now := figures(); v.screen != nil || now.Waiting != v.before.Waiting {
				v.show(now)
			}
			return
		case <-tick.C:
			v.show(figures())
		}
	}
}

func (v *view) show(now Figures) {
	warnings, count := v.log.warnings()
	problems := v.bridge.Problems()
	if v.screen != nil && v.screen.wide() {
		v.screen.draw(table(v.bridge, now, v.before, v.limit, append(problems, warnings...)))
	} else {
		if v.screen != nil {
			v.screen.leave()
		}
		fresh := warnings[len(warnings)-min(count-v.told, len(warnings)):]
		for _, text := range append(v.unknown(problems), fresh...) {
			fmt.Fprintln(v.out, "! "+text)
		}
		fmt.Fprintln(v.out, plain(v.bridge, now, v.before))
	}
	v.told = count
	v.before = now
}

// unknown returns the problems that were not there a second ago.
func (v *view) unknown(problems []string) (fresh []string) {
	now := make(map[string]bool, len(problems))
	for _, p := range problems {
		now[p] = true
		if !v.known[p] {
			fresh = append(fresh, p)
		}
	}
	v.known = now
	return fresh
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
	state := ""
	if now.Draining {
		state = now.drained()
	}
	return fmt.Sprintf("%s%s  produced %s  consumed %s (%s/s)  lag %s  acknowledged: %s  entries/request %s  dead letters %s",
		clock(now.At), state, thousands(now.Produced), thousands(now.Consumed), thousands(perSecond(now.Consumed, before.Consumed, now.At-before.At)),
		thousands(now.Lag), strings.Join(acks, ", "), ratio(entries, requests), thousands(now.DeadLetters))
}
