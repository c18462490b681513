package simulate

import (
	"cmp"
	"slices"
	"time"
)

// G5: what a member holds is counted, and below the limits.

// bounds looks at what a member holds.
func (w *world) bounds(m *member) {
	figures, err := m.gauges(recordsGauge, bytesGauge, spanGauge, lagGauge)
	if err != nil {
		panic(err) // the bridge's own metrics
	}
	w.ledger.mu.Lock()
	defer w.ledger.mu.Unlock()
	for _, g := range figures[recordsGauge] {
		if int(g.value) > m.setup.InFlight+w.ledger.lone(g.group) {
			w.ledger.violateOnce("G5", "%s holds %.0f records of group %s; the limit is %d", m.name, g.value, g.group, m.setup.InFlight)
		}
	}
	for _, g := range figures[bytesGauge] {
		// The last record that is taken may be above it, and what a poll has brought waits with the rest.
		if most := m.setup.Bytes + w.ledger.heaviest() + w.ledger.heaviestPoll(); int(g.value) > most {
			w.ledger.violateOnce("G5", "%s holds %.0f bytes of group %s; the limit is %d", m.name, g.value, g.group, m.setup.Bytes)
		}
		// Who has lost partitions and does not know it may have others than those behind what is committed now.
		if held := w.ledger.held(g.group, figures); int(g.value) < held && !w.ledger.unclean(time.Now()) {
			w.ledger.violateOnce("G5", "%s counts %.0f bytes of group %s, and holds records of %d that are not settled", m.name, g.value, g.group, held)
		}
	}
}

// lone is of how many partitions a group may read a batch alone, since the client cannot read it, or brings nothing: it
// is in memory, so that one record, or its dead letter, does not wait for room.
func (l *ledger) lone(of string) int {
	partitions := map[partition]bool{}
	for _, r := range l.records {
		behind := r.offset >= l.marks[claim{of, r.topic, r.partition}]
		if behind && (r.hostile() && r.gone == "" || l.disturbedIn(r.topic, time.Now().Add(-settling))) {
			partitions[partition{r.topic, r.partition}] = true
		}
	}
	return len(partitions)
}

// heaviestPoll is the most that the records of one poll count in the in-flight limit before they are decided on.
func (l *ledger) heaviestPoll() int {
	const records, each = 1000, 512
	const readAhead = 20 << 20 // with the default of kafka.read_ahead
	if l.polled.of == len(l.records) {
		return l.polled.bytes
	}
	sizes := make([]int, len(l.records))
	for i, r := range l.records {
		sizes[i] = r.bytes + each
	}
	slices.SortFunc(sizes, func(a, b int) int { return cmp.Compare(b, a) })
	l.polled.of, l.polled.bytes = len(l.records), 0
	for _, n := range sizes[:min(records, len(sizes))] {
		l.polled.bytes += n
	}
	l.polled.bytes = min(l.polled.bytes, readAhead)
	return l.polled.bytes
}

// awaitNothingHeld waits until nothing is counted any more, once all has arrived.
func (w *world) awaitNothingHeld() {
	until := time.Now().Add(commitWithin)
	held := w.holding()
	for held != nil && time.Now().Before(until) {
		sleep(w.ctx, time.Second)
		held = w.holding()
	}
	if held != nil {
		w.ledger.mu.Lock()
		defer w.ledger.mu.Unlock()
		w.ledger.violate("G5", "all is settled and committed, and a member counts %.0f in flight for group %s", held.value, held.group)
	}
}

// holding returns what a member that runs counts as held; nil for nothing.
func (w *world) holding() *gauge {
	for _, m := range w.members {
		if !m.running() {
			continue
		}
		figures, err := m.gauges(recordsGauge, bytesGauge)
		if err != nil {
			panic(err) // the bridge's own metrics
		}
		for _, name := range []string{recordsGauge, bytesGauge} {
			for _, g := range figures[name] {
				if g.value != 0 {
					return &g
				}
			}
		}
	}
	return nil
}

// held is how many bytes of values somebody holds who reads so many records behind what is settled of each
// partition: of those that are not settled. Messages of one record share them.
func (l *ledger) held(of string, figures map[string][]gauge) (bytes int) {
	span := map[claim]int{}
	for _, g := range figures[spanGauge] {
		span[claim{g.group, g.topic, g.partition}] = int(g.value)
	}
	for c, n := range span {
		if c.group != of {
			continue
		}
		behind := l.uncommitted(c)
		slices.SortFunc(behind, func(a, b *record) int { return cmp.Compare(a.offset, b.offset) })
		for _, r := range behind[:min(n, len(behind))] {
			if l.transacted(c) && r.offset >= l.marks[c]+int64(n) {
				break // the ends of transactions count among them
			}
			bytes += l.owedBytes(r, of)
		}
	}
	return bytes
}

// transacted says whether a partition holds ends of transactions.
func (l *ledger) transacted(c claim) bool {
	return slices.ContainsFunc(l.txns, func(t *transaction) bool {
		_, ok := t.first[partition{c.topic, c.partition}]
		return ok
	})
}

func (l *ledger) owedBytes(r *record, of string) int {
	if slices.ContainsFunc(l.owes(r), func(d debt) bool { return d.group == of }) {
		return r.bytes
	}
	return 0
}
