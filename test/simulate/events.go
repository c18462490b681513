package simulate

import (
	"fmt"
	"slices"
)

// eventKind is a kind of event: how one is drawn, and how it is done. What it breaks it mends by
// itself after Event.For, or heal does.
type eventKind struct {
	name string
	draw func(r random, sc *Scenario, e *Event)
	do   func(w *world, e Event) error
}

// families are all events, by what they happen to. One is drawn by its family's weight, and each of a
// family as often.
var families = []struct {
	weight int
	kinds  []eventKind
}{
	{4, memberEvents},
	{4, reloadEvents},
	{4, serviceEvents},
	{2, networkEvents},
	{3, brokerEvents},
	{2, brokerNetworkEvents},
	{3, topicEvents},
	{4, refusalEvents},
	{1, resendEvents},
	{2, registryEvents},
	{1, amidEvents},
}

// kinds are those of all families.
func kinds() (all []eventKind) {
	for _, f := range families {
		all = append(all, f.kinds...)
	}
	return all
}

func drawKind(r random) eventKind {
	total := 0
	for _, f := range families {
		total += f.weight
	}
	n := r.IntN(total)
	for _, f := range families {
		if n -= f.weight; n < 0 {
			return pick(r, f.kinds)
		}
	}
	panic("a number below the sum of all is in none")
}

func (w *world) do(e Event) error {
	if err := w.supervise(); err != nil {
		return err
	}
	for _, k := range kinds() {
		if k.name == e.Do {
			w.ledger.happens(e)
			return k.do(w, e)
		}
	}
	return fmt.Errorf("there is no event %q", e.Do)
}

// tight says whether dead letters go to a place that may not take one: it waits there until that changes.
func (w *world) tight() bool {
	d := w.setup.destination(w.setup.Letters)
	return d != nil && (w.scenario.Sizes[d.Place] > 0 || slices.ContainsFunc(w.scenario.Bursts, func(b Burst) bool {
		return slices.Contains(b.Flavours, "near limit") || slices.Contains(b.Flavours, "oversized")
	}))
}

// heal ends all faults, and has somebody run.
func (w *world) heal() error {
	w.mend()
	if err := w.supervise(); err != nil {
		return err
	}
	for i := range w.setup.Destinations {
		if w.setup.Destinations[i].Wrong {
			_ = reload(w, Event{Name: w.setup.Destinations[i].Name, Other: "correct"}) // or they have restarted
		}
	}
	if w.tight() {
		_ = reload(w, Event{Name: w.setup.Destinations[0].Name, Other: "letters to Kafka"}) // or they have restarted
	}
	if w.setup.Wait {
		_ = reload(w, Event{Name: w.setup.Destinations[0].Name, Other: "pass"}) // or they have restarted
	}
	if w.one(0) == nil {
		return join(w, Event{})
	}
	return nil
}
