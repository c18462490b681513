package simulate

import "time"

// brokerNetworkEvents happen between instances and brokers.
var brokerNetworkEvents = []eventKind{
	{"silent broker", drawApart, silentBroker},
	{"resetting broker", drawApart, resettingBroker},
	{"slow broker", drawLateApart, slowBroker},
}

// drawApart draws whom a broker does not answer: a member, or all where the count is 1.
func drawApart(r random, sc *Scenario, e *Event) {
	drawWhile(r, sc, e)
	e.Count = r.IntN(2)
}

func drawLateApart(r random, sc *Scenario, e *Event) {
	drawLate(r, sc, e)
	e.Other = pick(r, []string{"one", "all"})
}

// apart returns the members that an event keeps from a broker.
func (w *world) apart(e Event, all bool) []*member {
	var members []*member
	for _, m := range w.members {
		if m.running() && (all || m == w.one(e.Member)) {
			members = append(members, m)
		}
	}
	return members
}

// silentBroker loses all that goes between members and a broker.
func silentBroker(w *world, e Event) error {
	address := w.brokers.addresses[w.brokers.node(e.Broker)]
	for _, m := range w.apart(e, e.Count == 1) {
		w.network.Sever(m.name, address, true)
		w.during(e.For, func() { w.network.Sever(m.name, address, false) })
	}
	return nil
}

// resettingBroker ends the connections between members and a broker again and again.
func resettingBroker(w *world, e Event) error {
	address := w.brokers.addresses[w.brokers.node(e.Broker)]
	for _, m := range w.apart(e, e.Count == 1) {
		whole := make(chan struct{})
		w.during(e.For, func() { close(whole) })
		w.tasks.Go(func() {
			for {
				w.network.Cut(m.name, address)
				again := time.NewTimer(time.Second)
				select {
				case <-whole:
				case <-w.ctx.Done():
				case <-again.C:
					continue
				}
				again.Stop()
				return
			}
		})
	}
	return nil
}

func slowBroker(w *world, e Event) error {
	address := w.brokers.addresses[w.brokers.node(e.Broker)]
	for _, m := range w.apart(e, e.Other == "all") {
		w.network.Slow(m.name, address, time.Duration(e.Count)*time.Millisecond)
		w.during(e.For, func() { w.network.Slow(m.name, address, 0) })
	}
	return nil
}
