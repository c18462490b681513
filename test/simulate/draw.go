package simulate

import (
	"fmt"
	"time"
)

// Draw makes the scenario of a seed.
func Draw(seed uint64) *Scenario {
	r := newRandom(seed, 0)
	sc := &Scenario{Seed: seed, Brokers: 1 + r.IntN(3), Latency: pick(r, []time.Duration{200 * time.Microsecond, time.Millisecond, 2 * time.Millisecond})}
	for i := range 1 + r.IntN(2) {
		sc.Topics = append(sc.Topics, Topic{fmt.Sprintf("topic%d", i), int32(1 + r.IntN(4))})
	}
	sc.Queues = []string{"q0", "q1", "q2", "f0.fifo", "f1.fifo", "t0", "t1.fifo"}
	sc.Setup = drawSetup(r, sc)
	sc.Members = r.IntN(3)
	for range 2 + r.IntN(5) {
		sc.Bursts = append(sc.Bursts, Burst{
			At: time.Duration(r.IntN(120)) * time.Second, Topic: pick(r, sc.Topics).Name, Count: 1 + r.IntN(200),
			Over: time.Duration(r.IntN(60)) * time.Second, Keys: 1 + r.IntN(8), Kinds: 6, Size: r.IntN(200),
		})
	}
	for range r.IntN(6) {
		sc.Events = append(sc.Events, drawEvent(r, sc))
	}
	drawTraffic(newRandom(seed, trafficStream), sc)
	drawFollowing(newRandom(seed, followStream), sc)
	drawMeeting(newRandom(seed, meetStream), sc)
	return sc
}

func drawSetup(r random, sc *Scenario) Setup {
	s := Setup{
		Start: pick(r, []string{"earliest", "earliest", "latest"}), Unmatched: "drop", InFlight: pick(r, []int{20, 200, 20000}), Bytes: pick(r, []int{1 << 20, 64 << 20}),
		Session: pick(r, []time.Duration{10 * time.Second, 45 * time.Second}), Drain: pick(r, []time.Duration{2 * time.Second, 30 * time.Second}),
		Commit: pick(r, []time.Duration{100 * time.Millisecond, time.Second, 5 * time.Second}), Static: r.one(3),
	}
	for _, t := range sc.Topics {
		s.Topics = append(s.Topics, t.Name)
	}
	for i, place := range r.Perm(len(sc.Queues))[:1+r.IntN(4)] {
		s.Destinations = append(s.Destinations, Destination{
			Name: fmt.Sprintf("d%d", i), Place: sc.Queues[place], Isolated: r.one(3), Batched: r.one(3),
		})
	}
	drawSending(r, &s)
	for range 1 + r.IntN(4) {
		rule := Rule{}
		if r.one(2) {
			rule.Topics = []string{pick(r, sc.Topics).Name}
		}
		for range r.IntN(3) {
			rule.Kinds = append(rule.Kinds, r.IntN(6))
		}
		for _, d := range r.Perm(len(s.Destinations))[:r.IntN(len(s.Destinations)+1)] {
			rule.To = append(rule.To, s.Destinations[d].Name)
		}
		s.Rules = append(s.Rules, rule)
	}
	switch r.IntN(3) {
	case 0:
		s.Unmatched = pick(r, s.Destinations).Name
	case 1:
		s.Unmatched = "dead_letter"
	}
	return s
}

func drawEvent(r random, sc *Scenario) Event {
	kind := drawKind(r)
	e := Event{
		At: time.Duration(r.IntN(120_000)) * time.Millisecond, Do: kind.name,
		Member: r.IntN(4), Broker: r.IntN(4), Partition: r.IntN(4),
	}
	kind.draw(r, sc, &e)
	return e
}
