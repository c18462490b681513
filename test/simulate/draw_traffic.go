package simulate

import (
	"maps"
	"slices"
	"time"
)

// trafficStream is what the traffic is drawn from: other parts of a scenario do not change with it.
const trafficStream = 1 << 33

// drawTraffic makes the traffic of a scenario various, and the configuration with it.
func drawTraffic(r random, sc *Scenario) {
	s := &sc.Setup
	s.Tombstones, s.Uncommitted, s.Wait = pick(r, []string{"send", "drop"}), r.one(3), r.one(4)
	s.Reads = Readings{}
	for _, t := range sc.Topics {
		s.Reads[t.Name] = drawReading(r)
	}
	sc.Sizes = map[string]int{}
	for _, place := range sc.Queues {
		if r.one(3) {
			sc.Sizes[place] = pick(r, []int{4 << 10, 64 << 10})
		}
	}
	for i := range s.Destinations {
		s.Destinations[i].Envelope = r.one(4)
	}
	for range r.IntN(2) {
		rule := &s.Rules[r.IntN(len(s.Rules))]
		rule.Kinds, rule.When = nil, pick(r, []string{"number", "costly"})
	}
	for i := range sc.Bursts {
		drawBurst(r, sc, &sc.Bursts[i])
	}
}

func drawReading(r random) Reading {
	switch r.IntN(6) {
	case 0:
		return Reading{Format: pick(r, []string{"text", "bytes"})}
	case 1, 2:
		return Reading{Format: pick(r, schemaFormats), JSON: r.one(2)}
	}
	return Reading{JSON: r.one(4)}
}

// drawBurst draws flavours, stamps, packing and transactions for a burst.
func drawBurst(r random, sc *Scenario, b *Burst) {
	all := slices.Sorted(maps.Keys(flavours))
	if r.one(2) {
		for range 1 + r.IntN(6) {
			b.Flavours = append(b.Flavours, pick(r, all))
		}
	}
	if r.one(4) {
		b.Stamps = pick(r, []string{"old", "future", "micro", "nano", "log"})
	}
	switch r.IntN(6) {
	case 0:
		b.Pack = pick(r, slices.Sorted(maps.Keys(codecs)))
	case 1:
		if b.Pack = "tiny"; r.one(3) {
			b.Pack = pick(r, hostiles)
		} else {
			b.Count, b.Size, b.Flavours = 500+r.IntN(1500), 0, nil
		}
	case 2:
		b.Txn, b.Open = pick(r, []string{"commit", "commit", "abort", "mixed", "mixed", "abandon"}), time.Duration(r.IntN(20))*time.Second
		b.Stamps = ""
	}
}
