package simulate

import (
	"cmp"
	"maps"
	"reflect"
	"slices"
	"time"
)

// G2 says when a record may arrive again. Each cause excuses as many further arrivals, of the records that it
// concerns, as can come of it; one that nothing excuses breaks the promise.

const (
	// dedupWindow is for how long FIFO destinations know what they have had.
	dedupWindow = 5 * time.Minute
	// undrained is how long after a fault a message may still wait, so that a drain ends without it: the
	// longest pause between two attempts, and the longest drain.
	undrained = 90 * time.Second
)

// sendings are what was done to the messages of a record, by place.
type sendings struct {
	first, last map[string]time.Time // arrivals
	excused     map[string]int       // arrivals that may come after the first
	rewound     map[string]int       // rewinds that have been used as an excuse
	poisoned    map[string]int       // how often it was refused for what it is
	doubted     map[string]int       // how often it was refused for what it may be
	overtaken   map[string]bool      // it was refused as a single entry, so others of its request may be before it
}

func newSendings() sendings {
	return sendings{map[string]time.Time{}, map[string]time.Time{}, map[string]int{}, map[string]int{}, map[string]int{}, map[string]int{}, map[string]bool{}}
}

// touched notes that a failure is about to hit a message for a place; guilty, that it is for the message.
func (l *ledger) touched(place string, id int, f *failure, guilty bool) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if id < 0 || id >= len(l.records) {
		return
	}
	r := l.records[id]
	if f.stored() {
		r.excused[place]++
	}
	switch {
	case guilty && f.nature == poisons:
		r.poisoned[place]++
	case guilty && f.nature == doubtful:
		r.doubted[place]++
	}
	if f.entries() {
		r.overtaken[place] = true
	}
}

// span is from one moment to another.
type span struct{ from, to time.Time }

// cutOff notes that what is on its way between members and services now may have been taken, or be taken yet,
// without a word.
func (l *ledger) cutOff(latency time.Duration) {
	l.mu.Lock()
	defer l.mu.Unlock()
	now, slack := time.Now(), latency+time.Millisecond
	l.cuts = append(l.cuts, span{now.Add(-slack), now.Add(slack)})
}

// forgets notes that a place is made anew: it knows nothing of what it has had.
func (l *ledger) forgets(place string) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.forgotten[place] = time.Now()
}

// again judges an arrival of a record that the place has had before.
func (l *ledger) again(r *record, place string, fifo bool) {
	once := l.due(r, place)
	if r.arrivals[place] <= once {
		return
	}
	l.repeats++
	if fifo && time.Since(r.first[place]) < dedupWindow && !l.forgotten[place].After(r.first[place]) && !l.otherIDs(place, r.first[place]) {
		l.violate("G2", "%s has record %s twice", place, r)
		return
	}
	if r.arrivals[place] == once+r.excused[place]+1 && l.unaware(r) {
		return
	}
	if r.arrivals[place] <= once+r.excused[place] || l.unanswered(r, place) || l.rewound(r, place) {
		return
	}
	l.unlessRedriven(r, place, "G2", "%s has record %s for the %d. time, which nothing explains", place, r, r.arrivals[place])
}

// due is how often a record is due at a place: once for each name that a configuration has for it.
func (l *ledger) due(r *record, place string) int {
	most := 1
	for _, s := range l.window(r) {
		n := 0
		for _, name := range s.fate(r).to {
			if s.destination(name).Place == place {
				n++
			}
		}
		most = max(most, n)
	}
	return most
}

// twofold says whether a place has had several names since a time: each destination keeps its own order.
func (l *ledger) twofold(place string, since time.Time) bool {
	return slices.ContainsFunc(l.reigns, func(g reign) bool {
		return g.setup.names(place) > 1 && (g.to.IsZero() || !g.to.Before(since))
	})
}

// names is how many destinations lead to a place.
func (s *Setup) names(place string) (n int) {
	for _, d := range s.Destinations {
		if d.Place == place {
			n++
		}
	}
	return n
}

// otherIDs says whether a place may be sent what it had at a time by other deduplication ids since then: it has had
// one name, and several, and an instance was started that knows one of the two only (docs/RELIABILITY.md, "What is
// not promised").
func (l *ledger) otherIDs(place string, since time.Time) bool {
	return l.openings.started.After(since) && slices.ContainsFunc(l.reigns, func(g reign) bool { return g.setup.names(place) > 1 }) &&
		slices.ContainsFunc(l.reigns, func(g reign) bool { return g.setup.names(place) == 1 })
}

// unanswered says whether the answer to the latest arrival may have been cut off, which a slow place gives later.
func (l *ledger) unanswered(r *record, place string) bool {
	at := r.last[place]
	return slices.ContainsFunc(l.cuts, func(s span) bool {
		late := l.delayed(place, s.from)
		return !at.Before(s.from.Add(-late)) && !at.After(s.to.Add(late))
	})
}

// delayed is by how much a place has answered later, at the most, at any time since one.
func (l *ledger) delayed(place string, since time.Time) (most time.Duration) {
	l.faultyBy(place, since, func(f *fault) bool {
		most = max(most, f.delay)
		return false
	})
	return most
}

// claim is a partition as a group reads it.
type claim struct {
	group     string
	topic     string
	partition int32
}

// killed notes that whoever had these partitions is no more: all that is not committed is read again.
func (l *ledger) killed(owned []claim) {
	l.mu.Lock()
	defer l.mu.Unlock()
	for _, c := range owned {
		l.orphans[c] = true
	}
}

// holds returns what whoever has these partitions may have read and not sent.
func (l *ledger) holds(owned []claim) map[claim][]*record {
	l.mu.Lock()
	defer l.mu.Unlock()
	all := map[claim][]*record{}
	for _, c := range owned {
		all[c] = l.uncommitted(c)
	}
	return all
}

// sends notes that somebody who may have lost partitions without noticing it may send what it holds of them.
func (l *ledger) sends(held map[claim][]*record) {
	l.mu.Lock()
	defer l.mu.Unlock()
	for c, records := range held {
		l.mayComeAgain(c, records)
	}
}

// mayComeAgain excuses records of a partition that somebody sends beside whoever has sent them before, or still
// does.
func (l *ledger) mayComeAgain(c claim, records []*record) {
	for _, r := range records {
		for _, place := range l.placesFor(r, c.group) {
			r.excused[place] = max(r.excused[place], r.arrivals[place]+l.due(r, place))
		}
	}
}

// stopped notes that a member has stopped in good order: what it could not drain is read again. Whose partitions
// those are is not known; a commit tells that a partition has another owner.
func (l *ledger) stopped() {
	l.mu.Lock()
	defer l.mu.Unlock()
	for c := range l.claims() {
		if slices.ContainsFunc(l.uncommitted(c), func(r *record) bool { return l.heldUp(r, c.group) }) {
			l.orphans[c] = true
		}
	}
}

// claims are all that groups of any configuration may read.
func (l *ledger) claims() map[claim]bool {
	groups, all := map[string]bool{group: true}, map[claim]bool{}
	for i := range l.reigns {
		for j := range l.reigns[i].setup.Destinations {
			groups[l.reigns[i].setup.groupOf(&l.reigns[i].setup.Destinations[j])] = true
		}
	}
	for _, r := range l.records {
		for g := range groups {
			all[claim{g, r.topic, r.partition}] = true
		}
	}
	return all
}

// claimsInOrder are those of which something is or was owed.
func (l *ledger) claimsInOrder() []claim {
	return slices.SortedFunc(maps.Keys(l.standing), func(a, b claim) int {
		return cmp.Or(cmp.Compare(a.group, b.group), cmp.Compare(a.topic, b.topic), cmp.Compare(a.partition, b.partition))
	})
}

// uncommitted are the records that are read by whoever reads the partition next.
func (l *ledger) uncommitted(c claim) (all []*record) {
	from := l.marks[c]
	for _, r := range l.records {
		if r.topic == c.topic && r.partition == c.partition && r.offset >= from {
			all = append(all, r)
		}
	}
	return all
}

// fetched notes that somebody is told from where a group is to read a partition: all behind that, that has
// arrived, arrives again.
func (l *ledger) fetched(c claim, from int64, begun bool) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.marks[c], l.begun[c] = from, begun
	again := l.uncommitted(c)
	if !l.orphans[c] && !l.unclean(time.Now()) && !slices.ContainsFunc(again, func(r *record) bool { return l.heldUp(r, c.group) }) {
		return
	}
	l.taken[c] = time.Now()
	l.mayComeAgain(c, again)
}

// heldUp says whether a record may not have been sent in the time that a drain has.
func (l *ledger) heldUp(r *record, of string) bool {
	return l.heldUpSince(r, of, time.Now().Add(-undrained))
}

// heldUpSince says whether anything was wrong since a time with where a group sends a record, or whether it may be a
// dead letter that does not fit, or was not decided on as it is too large.
func (l *ledger) heldUpSince(r *record, of string, since time.Time) bool {
	places := l.placesFor(r, of)
	for i := range l.reigns {
		if d := l.reigns[i].setup.destination(l.reigns[i].setup.Letters); d != nil {
			places = append(places, d.Place)
		}
	}
	if of == group && l.letterWaits(r) && slices.ContainsFunc(l.reasons(r), func(reason string) bool { return reason != "" }) {
		return true
	}
	return slices.ContainsFunc(places, func(place string) bool {
		return l.faulty(place, since) != nil || l.letterWaits(r) && l.dying(r, place) || l.weighed(r, place, since)
	})
}

// placesFor are those to which a group may send a record.
func (l *ledger) placesFor(r *record, of string) (places []string) {
	for _, s := range l.window(r) {
		for _, name := range s.fate(r).to {
			if d := s.destination(name); s.groupOf(d) == of && !slices.Contains(places, d.Place) {
				places = append(places, d.Place)
			}
		}
	}
	return places
}

// groupOf is the group that sends to a destination.
func (s *Setup) groupOf(d *Destination) string {
	if d.Isolated {
		return group + "." + d.Name
	}
	return group
}

// rewind is a reload that changed destinations which do not work: partitions are read again.
type rewind map[position]bool

// stranded notes which partitions a reload may have read again. It is called when the reload begins and when
// it is done: what is read in between may be among it.
func (l *ledger) stranded(was, is *Setup, into rewind) {
	for i := range was.Destinations {
		d := &was.Destinations[i]
		// Dead letters that go elsewhere take those along that their destination has refused.
		now, moved := is.destination(d.Name), d.Name == was.Letters && d.Name != is.Letters
		// Of several that share a FIFO place none serves on where rules change: a message group would overtake itself.
		shared := d.fifo() && max(was.names(d.Place), is.names(d.Place)) > 1 && !was.decidesAs(is)
		works := l.faulty(d.Place, time.Now().Add(-undrained)) == nil && (d.Name != was.Letters || !slices.ContainsFunc(l.open, l.letterWaits))
		if !moved && (now != nil && *now == *d && !shared || works) {
			continue
		}
		for _, r := range l.records {
			waits := slices.Contains(l.placesFor(r, was.groupOf(d)), d.Place) && r.arrivals[d.Place] == 0
			if d.Name == was.Letters {
				waits = waits || len(l.owes(r)) > 0 // it may be as a dead letter
			}
			if r.offset >= 0 && waits {
				into[position{r.topic, r.partition, 0}] = true
			}
		}
	}
}

// decidesAs says whether another configuration sends each record where this one does.
func (s *Setup) decidesAs(other *Setup) bool {
	return reflect.DeepEqual(s.Rules, other.Rules) && s.Unmatched == other.Unmatched && s.Tombstones == other.Tombstones &&
		slices.Equal(s.Topics, other.Topics) && maps.Equal(s.Reads, other.Reads)
}

// rewound says whether a reload that has had a partition read again explains an arrival; once each.
func (l *ledger) rewound(r *record, place string) bool {
	if r.rewound[place] >= l.rewinding(r)*l.due(r, place) {
		return false
	}
	r.rewound[place]++
	return true
}

// rewinding is how often a record may have been read again for a reload.
func (l *ledger) rewinding(r *record) (n int) {
	for _, w := range l.rewinds {
		if w[position{r.topic, r.partition, 0}] {
			n++
		}
	}
	return n
}

// sending is what the ledger knows of faults, and of who reads what.
type sending struct {
	faults    []*fault
	cuts      []span
	forgotten map[string]time.Time // when a place was last made anew
	orphans   map[claim]bool       // whose owner was killed, or could not drain
	marks     map[claim]int64      // what is committed
	begun     map[claim]bool       // whether anything is
	advanced  map[claim]time.Time  // when that was last more than before
	taken     map[claim]time.Time  // when a partition was last taken from an owner that may not know
	rewinds   []rewind
	handing   *handover // nil for none
	early     []early

	open       []*record // that are owed something, as of the last look
	standing   map[claim]*standing
	idleSince  time.Time               // when nobody ran last
	clockOff   bool                    // that of the services
	largest    int                     // value
	recent     map[problem]time.Time   // what was named lately
	polled     struct{ of, bytes int } // what heaviestPoll has found, of so many records
	said       map[string]bool
	happenings []happening
}

func newSending() sending {
	return sending{idleSince: time.Now(), forgotten: map[string]time.Time{}, orphans: map[claim]bool{}, marks: map[claim]int64{}, begun: map[claim]bool{}, advanced: map[claim]time.Time{}, taken: map[claim]time.Time{}, standing: map[claim]*standing{}, said: map[string]bool{}, recent: map[problem]time.Time{}}
}

// marked notes what is committed. A partition whose owner was killed has another one then.
func (l *ledger) marked(c claim, offset int64) {
	if offset > l.marks[c] {
		delete(l.orphans, c)
		l.advanced[c] = time.Now()
	}
	l.marks[c], l.begun[c] = offset, true
}
