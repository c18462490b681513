package simulate

import "time"

// registryEvents happen to the schema registry.
var registryEvents = []eventKind{{"registry", drawOutage, outage}}

var outages = []string{"error", "silent", "slow", "proxy", "refused"}

func drawOutage(r random, _ *Scenario, e *Event) {
	e.Other, e.For = pick(r, outages), time.Duration(1+r.IntN(90))*time.Second
}

// outage has the registry fail for a while.
func outage(w *world, e Event) error {
	w.registry.fail(e.Other)
	end := w.ledger.begin(fault{what: e.Other, nature: passing, place: registryFault})
	w.during(e.For, func() {
		w.judgeOutage()
		w.registry.mend()
		end()
	})
	return nil
}
