package simulate

import (
	"fmt"
	"time"
)

// memberEvents happen to instances.
var memberEvents = []eventKind{
	{"join", drawNothing, join},
	{"leave", drawNothing, leave},
	{"kill", drawNothing, kill},
	{"stall", drawStall, stall},
	{"cut", drawNothing, cut},
}

func drawNothing(random, *Scenario, *Event) {}

// one returns a running member; nil where none runs.
func (w *world) one(n int) *member {
	var all []*member
	for _, m := range w.members {
		if m.running() {
			all = append(all, m)
		}
	}
	if len(all) == 0 {
		return nil
	}
	return all[n%len(all)]
}

func (m *member) running() bool {
	select {
	case <-m.stopped:
		return false
	default:
		return !m.leaving && !m.killed
	}
}

// join starts an instance, of an earlier one's name where one has ended.
func join(w *world, _ Event) error {
	names := map[string]bool{}
	for _, m := range w.members {
		if m.running() {
			names[m.instance] = true
		}
	}
	for i := 0; ; i++ {
		if name := fmt.Sprintf("m%d", i); !names[name] {
			_, err := w.start(name)
			return err
		}
	}
}

// leave stops an instance as SIGTERM does.
func leave(w *world, e Event) error {
	if m := w.one(e.Member); m != nil {
		m.leaving = true
		m.stop()
	}
	return nil
}

// kill ends an instance without a word.
func kill(w *world, e Event) error {
	if m := w.one(e.Member); m != nil {
		m.kill()
	}
	return nil
}

func drawStall(r random, _ *Scenario, e *Event) {
	e.For = pick(r, []time.Duration{5 * time.Second, 20 * time.Second, time.Minute, 200 * time.Second})
}

// stall has nothing get from or to an instance for a while, as if it or its machine slept.
func stall(w *world, e Event) error {
	m := w.one(e.Member)
	if m == nil {
		return nil
	}
	end := w.ledger.begin(fault{what: "stall", nature: passing})
	w.ledger.cutOff(w.scenario.Latency)
	held := w.ledger.holds(m.owned())
	w.network.Seclude(m.name, true)
	w.tasks.Go(func() {
		sleep(w.ctx, e.For)
		w.ledger.cutOff(w.scenario.Latency) // what was on its way arrives now
		w.ledger.sends(held)
		w.network.Seclude(m.name, false)
		end()
	})
	return nil
}

// cut breaks all connections of an instance, which may make new ones at once.
func cut(w *world, e Event) error {
	if m := w.one(e.Member); m != nil {
		defer w.ledger.begin(fault{what: "cut", nature: passing})()
		w.ledger.cutOff(w.scenario.Latency)
		w.network.Cut(m.name, "")
	}
	return nil
}
