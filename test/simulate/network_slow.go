package simulate

import "time"

// Slow has all that goes between a party and an address take longer; 0 ends that.
func (n *network) Slow(name, address string, by time.Duration) {
	n.mu.Lock()
	defer n.mu.Unlock()
	p := n.partyLocked(name)
	p.slow[address] = by
	for l := range p.links {
		if l.address == address {
			l.near.in.delay(n.latency + by)
			l.far.in.delay(n.latency + by)
		}
	}
}

// delay changes how long it takes until what is written arrives, which stays in its order.
func (w *way) delay(latency time.Duration) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.latency = latency
}

// CutTo closes all connections to an address, as the end of the process that listens there does.
func (n *network) CutTo(address string) {
	n.mu.Lock()
	var links []*link
	for _, p := range n.parties {
		for l := range p.links {
			if l.address == address {
				links = append(links, l)
			}
		}
	}
	n.mu.Unlock()
	for _, l := range links {
		l.cut()
	}
}
