package main

import (
	"bufio"
	"cmp"
	"errors"
	"fmt"
	"os"
	"slices"
	"strings"

	"github.com/twmb/franz-go/pkg/kgo"

	"github.com/sluice-bridge/sluice/bridge"
	"github.com/sluice-bridge/sluice/config"
	"github.com/sluice-bridge/sluice/forecast"
)

// diff examines events under two configurations, and prints those that differ.
type diff struct {
	before, after *teller
	printer       diffPrinter
	events        int
	differ        int
	moves         map[string]*move
}

// move is a number of events that went from some destinations to others.
type move struct {
	from, to []string
	events   int
}

type diffPrinter interface {
	print(r *kgo.Record, before, after *fate, changes []change) error
	end(events, differ int, moves []*move) error
}

func newDiff(cfg *config.Config, o *routeOptions, out *bufio.Writer) (*diff, error) {
	other, err := config.Load(o.diff, os.Environ())
	if err != nil {
		return nil, err
	}
	d := &diff{moves: map[string]*move{}, printer: &diffText{out: out, names: [2]string{o.config, o.diff}}}
	if o.json {
		d.printer = &diffJSON{out: out}
	}
	e, table, err := forecast.New(cfg, o.live.timeout, nil)
	if err != nil {
		return nil, err
	}
	d.before = newTeller(cfg, e, table)
	if e, table, err = forecast.New(other, o.live.timeout, nil); err != nil {
		d.before.explainer.Close()
		return nil, err
	}
	d.after = newTeller(other, e, table)
	return d, nil
}

func (d *diff) close() {
	d.before.explainer.Close()
	d.after.explainer.Close()
}

func (d *diff) examine(r *kgo.Record, origin bridge.Origin) error {
	before, err := d.before.tell(r, origin)
	if err != nil {
		return err
	}
	after, err := d.after.tell(r, origin)
	if err != nil {
		return err
	}
	d.events++
	changes := compare(&before, &after)
	if len(changes) == 0 {
		return nil
	}
	d.differ++
	m := &move{from: before.ends(), to: after.ends()}
	key := fmt.Sprintf("%q %q", m.from, m.to)
	if d.moves[key] == nil {
		d.moves[key] = m
	}
	d.moves[key].events++
	return d.printer.print(r, &before, &after, changes)
}

var errDiffer = errors.New("events go elsewhere")

func (d *diff) end() error {
	var moves []*move
	for _, m := range d.moves {
		moves = append(moves, m)
	}
	slices.SortFunc(moves, func(a, b *move) int {
		return cmp.Or(cmp.Compare(b.events, a.events), slices.Compare(a.from, b.from), slices.Compare(a.to, b.to))
	})
	if err := d.printer.end(d.events, d.differ, moves); err != nil {
		return fmt.Errorf("writing: %w", err)
	}
	if d.differ > 0 {
		return silent{errDiffer}
	}
	return nil
}

// change is one thing that differs between two fates; what is not there is empty.
type change struct {
	destination   string // empty for what concerns the whole event
	what          string // "outcome", "attributes.tier"; empty for a whole delivery
	before, after string
}

// path names what differs: "outcome", "ledger", "ledger.attributes.tier".
func (c change) path() string { return strings.Trim(c.destination+"."+c.what, ".") }

// compare lists what differs, in a fixed order.
func compare(a, b *fate) []change {
	var all changes
	all.add("outcome", a.outcome, b.outcome)
	all.add("rules", strings.Join(a.rules, ", "), strings.Join(b.rules, ", "))
	all.add("errors", failures(a.errors), failures(b.errors))
	all.add("dead_letters", a.letters, b.letters)
	i, j := 0, 0
	for i < len(a.messages) || j < len(b.messages) {
		switch {
		case j == len(b.messages) || i < len(a.messages) && a.messages[i].destination < b.messages[j].destination:
			all.list = append(all.list, change{destination: a.messages[i].destination, before: a.messages[i].address})
			i++
		case i == len(a.messages) || b.messages[j].destination < a.messages[i].destination:
			all.list = append(all.list, change{destination: b.messages[j].destination, after: b.messages[j].address})
			j++
		default:
			all.messages(&a.messages[i], &b.messages[j])
			i, j = i+1, j+1
		}
	}
	return all.list
}

type changes struct {
	destination string
	list        []change
}

func (c *changes) add(what, before, after string) {
	if before != after {
		c.list = append(c.list, change{c.destination, what, before, after})
	}
}

func (c *changes) messages(a, b *message) {
	c.destination = a.destination
	c.add("address", a.address, b.address)
	c.add("rule", a.rule, b.rule)
	c.add("problems", strings.Join(a.problems, "; "), strings.Join(b.problems, "; "))
	c.add("group_id", a.group, b.group)
	c.add("deduplication_id", a.deduplication, b.deduplication)
	c.add("subject", a.subject, b.subject)
	c.add("trace", a.trace, b.trace)
	for _, v := range a.attributes {
		after, _ := b.attribute(v.Name)
		c.add("attributes."+v.Name, v.Value, after)
	}
	for _, v := range b.attributes {
		if _, there := a.attribute(v.Name); !there {
			c.add("attributes."+v.Name, "", v.Value)
		}
	}
	c.add("body", string(a.body), string(b.body))
}

func failures(all []ruleError) string {
	var texts []string
	for _, e := range all {
		texts = append(texts, strings.TrimPrefix(e.rule+": "+e.err, ": "))
	}
	return strings.Join(texts, "; ")
}
