package simulate

import (
	"slices"
	"strings"
	"time"
)

// G4: what is not behind a fault flows while it lasts.

const (
	// flowWithin is how long a record may take that nothing holds up, or that is behind nothing any more: the
	// longest pause of a destination that is tried again, what that may take, and a look at it that fails.
	flowWithin = 90 * time.Second
	// mostCharge is more than any of the records counts in the in-flight limit, per byte and destination.
	mostCharge = 8
	// charge is what one counts beside its bytes.
	charge = 4 << 10
)

// judgeFlow looks for records that wait for something that is well.
func (l *ledger) judgeFlow(s Setup) {
	now := time.Now()
	stuck := map[string]int{} // partitions of a group
	for c := range l.standing {
		if len(l.uncommitted(c)) > 0 {
			stuck[c.group]++
		}
	}
	for _, c := range l.claimsInOrder() {
		st := l.standing[c]
		if l.advanced[c].After(now.Add(-flowWithin)) {
			continue // the partition goes on, and was farther from what is owed
		}
		if len(st.owed) == 0 || l.disturbedIn(c.topic, now.Add(-settling-flowWithin)) || l.idleSince.After(now.Add(-flowWithin)) {
			continue
		}
		// Partitions that are stuck one after the other take half of what is free each (dynamic thresholds), and
		// one that was paused is read again below half of that.
		records, bytes := s.InFlight, s.Bytes
		for range stuck[c.group] + 2 {
			records, bytes = records/2, bytes/2
		}
		if l.swamped(c.group, s.Bytes) || !leavesOne(s.InFlight, stuck[c.group]) {
			continue
		}
		for _, r := range st.owed {
			ahead := int(r.offset - l.marks[c] + 1)
			if ahead > 1 && (ahead > records || ahead*l.heaviest() > bytes) {
				break
			}
			if now.Sub(r.at) < flowWithin || l.obstructed(r, now.Add(-flowWithin)) {
				break
			}
			if d, ok := l.unhindered(r, c.group, now.Add(-flowWithin)); ok {
				l.violateOnce("G4", "record %s waits for %q in group %s, where nothing is wrong for %s; it is %d behind what is committed, beside %d partitions that are not done",
					r, d.place, c.group, flowWithin, ahead, stuck[c.group])
			}
		}
	}
}

// leavesOne says whether so many partitions that stand still leave room for one record of another. Each takes half of
// what is free; with eight and more, an eighth of the limit is kept back, for one record of each at the least
// (docs/operations.md, "Memory"). A limit that is smaller than that is reached, and nothing flows.
func leavesOne(limit, stuck int) bool {
	const few, keptBack = 7, 8
	return limit>>(stuck+1) > 0 || stuck >= few && limit/keptBack > stuck
}

// unhindered returns what a record is owed by a group that nothing holds up.
func (l *ledger) unhindered(r *record, of string, since time.Time) (debt, bool) {
	for _, d := range l.owes(r) {
		if d.group != of || (l.lettersHindered(since) || l.letterWaits(r)) && (d.place == "" || l.dying(r, d.place)) {
			continue
		}
		if d.place == "" || l.faultyBy(d.place, since, func(f *fault) bool { return !f.picks || l.picked(r, d.place) }) == nil && !l.behindLetter(r, d.place) {
			return d, true
		}
	}
	return debt{}, false
}

// picked says whether a record waits at a place since it was refused for what it is or may be, or another one of its
// message group.
func (l *ledger) picked(r *record, place string) bool {
	refused := func(o *record) bool { return o.poisoned[place] > 0 || o.doubted[place] > 0 }
	return refused(r) || strings.HasSuffix(place, ".fifo") && slices.ContainsFunc(l.open, func(o *record) bool { return refused(o) && o.group() == r.group() })
}

// lettersHindered says whether dead letters go to a place that something is wrong with.
func (l *ledger) lettersHindered(since time.Time) bool {
	for i := range l.reigns {
		s := &l.reigns[i].setup
		if d := s.destination(s.Letters); d != nil && l.faulty(d.Place, since) != nil {
			return true
		}
	}
	return false
}

// dying says whether a record may be a dead letter of a place already, which is not written yet.
func (l *ledger) dying(r *record, place string) bool {
	return l.tooLargeAt(r, place) || r.poisoned[place] > 0 || r.doubted[place] > 0 || l.anywhere(r.at, func(d *Destination) bool { return d.Place == place && d.GiveUp > 0 }) ||
		l.lowered(place, r.at)
}

// swamped says whether a record of a group that waits may take the whole in-flight limit: one that is larger passes
// alone, and nothing passes with it. Where the schema registry is away it may wait for it, or behind one that does, and
// nobody knows yet whether the group has to send it.
func (l *ledger) swamped(group string, bytes int) bool {
	large := func(r *record) bool { return 2*r.bytes+charge > bytes }
	for c, st := range l.standing {
		if c.group == group && slices.ContainsFunc(st.owed, large) {
			return true
		}
	}
	return l.faulty(registryFault, time.Now().Add(-flowWithin)) != nil && slices.ContainsFunc(l.records, func(r *record) bool {
		return large(r) && r.gone == "" && r.offset >= l.marks[claim{group, r.topic, r.partition}] && l.schemad(r)
	})
}

// crowded says that by the present limit.
func (l *ledger) crowded(group string) bool {
	return l.swamped(group, l.reigns[len(l.reigns)-1].setup.Bytes)
}

// heaviest is the most that one of the records may count in the in-flight limit.
func (l *ledger) heaviest() int { return charge + mostCharge*l.largest }
