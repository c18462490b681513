package simulate

import (
	"fmt"
	"slices"
)

// eventKind is a kind of event: how one is drawn, and how it is done. What it breaks it mends by
// itself after Event.For, or heal does.
type eventKind struct {
	name string
	// weight is how often it is drawn, beside the others.
	weight int
	draw   func(r random, sc *Scenario, e *Event)
	do     func(w *world, e Event) error
}

// eventKinds are all, by what they happen to.
var eventKinds = slices.Concat(memberEvents, reloadEvents)

func (w *world) do(e Event) error {
	for _, k := range eventKinds {
		if k.name == e.Do {
			return k.do(w, e)
		}
	}
	return fmt.Errorf("there is no event %q", e.Do)
}

// heal ends all faults, and has somebody run.
func (w *world) heal() error {
	for i := range w.setup.Destinations {
		if w.setup.Destinations[i].Wrong {
			_ = reload(w, Event{Name: w.setup.Destinations[i].Name, Other: "correct"}) // or they have restarted
		}
	}
	if w.one(0) == nil {
		return join(w, Event{})
	}
	return nil
}
