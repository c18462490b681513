package simulate

import "time"

// amidEvents are two things at once.
var amidEvents = []eventKind{{"stop amid a reload", drawAmid, stopAmid}}

// drawAmid draws a reload that has groups leave and join, and after which time of it an instance is to stop.
func drawAmid(r random, sc *Scenario, e *Event) {
	e.Name, e.Count = pick(r, sc.Setup.Destinations).Name, pick(r, []int{20, 200, 20000})
	e.Other = pick(r, []string{"isolate", "share", "rename", "limits", "static"})
	e.Latency = pick(r, []time.Duration{time.Millisecond, 20 * time.Millisecond, time.Second, 5 * time.Second})
	e.For = e.Latency // or it would be told after the last fault
}

// stopAmid tells an instance to stop while it goes over to a changed configuration. It has the time that a stop
// has otherwise.
func stopAmid(w *world, e Event) error {
	m := w.one(e.Member)
	if m == nil {
		return errNothing
	}
	within := max(m.setup.Drain, w.setup.Drain) + time.Minute
	w.tasks.Go(func() {
		sleep(w.ctx, e.Latency)
		if !m.running() {
			return
		}
		m.leaving = true
		m.stop()
		limit := time.NewTimer(within)
		defer limit.Stop()
		select {
		case <-m.stopped:
		case <-w.ctx.Done():
		case <-limit.C:
			w.ledger.mu.Lock()
			defer w.ledger.mu.Unlock()
			w.ledger.violate("stop", "%s, told to stop amid a reload, does not within %s", m.name, within)
		}
	})
	return reload(w, e)
}
