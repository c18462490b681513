package simulate

import (
	"fmt"
	"hash"
	"hash/fnv"
	"maps"
	"math"
	"slices"
	"strings"
	"sync"
	"time"
)

// record is one that was produced, and what became of it.
type record struct {
	id        int
	topic     string
	partition int32
	offset    int64 // -1 while it is not known
	span      int64 // offsets that it takes: 1, or all of a batch that is not to be read
	stamp     int64 // milliseconds since 1970; unstamped while the log has not said
	content
	kind     int
	flavours []string
	txn      *transaction  // nil for none
	unpacked int           // of a batch: what it takes when it is unpacked
	damage   string        // of a batch: why it is not read, whatever there is room for
	packed   packed        // of a batch: how it is stored
	sizes    map[shape]int // of messages, as far as they were asked for
	at       time.Time
	remake   int                  // how often the topic was made anew before
	era      int                  // of the log, when it was written
	epoch    int32                // of the leader that wrote it
	gone     string               // why Kafka has it no more, or never showed it
	expired  time.Time            // when retention deleted it
	unread   []unread             // groups that had begun to read its partition, and not come to it, when retention deleted it
	bytes    int                  // of its key and value
	over     bool                 // another record is, or will be, at its offset
	arrivals map[string]int       // by place
	again    map[string]int       // by place: what replays have sent
	replayed bool                 // a replay has it to send
	shorn    map[string]bool      // places that have it without its timestamp
	letters  map[string]time.Time // by the destination that it was for; "" for none: when the first was written
	passed   map[string]bool      // groups that have committed past it
	sendings                      // what was done to its messages on the way
}

// unstamped is the timestamp of a record that the log stamps, while it has not said.
const unstamped = math.MinInt64

// reign is a configuration and the time during which members may have had it.
type reign struct {
	setup Setup
	from  time.Time
	to    time.Time // zero while it lasts
}

// Unplayed stands for a promise where a scenario could not be played to its end.
const Unplayed = "no run"

// Violation is a promise that was broken.
type Violation struct {
	Promise string        `json:"promise"` // G1 and so on, or the name of another check
	Check   string        `json:"check"`   // which of its checks: what two runs that show the same have in common
	Text    string        `json:"text"`
	At      time.Duration `json:"at"`
}

// ledger knows every record and judges what becomes of it.
type ledger struct {
	mu        sync.Mutex
	began     time.Time
	records   []*record
	places    map[position]*record
	reigns    []reign
	newest    map[stream]*record
	found     []Violation
	openings  openings
	limits    map[string]int // bytes that a place takes
	txns      []*transaction
	unclaimed []letter // that name a batch of which no producer has told yet
	repeats   int
	// replaysTake is how long the slowest replay takes by its rate.
	replaysTake time.Duration
	sending
	logs
	redrives
	trace hash.Hash64 // of what was seen, and when
}

// saw adds to the trace, by which two runs of a scenario are compared.
func (l *ledger) saw(what, where string, id, offset int64) {
	_, _ = fmt.Fprintln(l.trace, time.Since(l.began), what, where, id, offset)
}

// position is that of a record in Kafka.
type position struct {
	topic     string
	partition int32
	offset    int64
}

// stream is what has an order: a message group at a place, of one partition.
type stream struct {
	place, group string
	topic        string
	partition    int32
}

func newLedger(s Setup) *ledger {
	now := time.Now()
	return &ledger{
		began: now, places: map[position]*record{}, newest: map[stream]*record{}, limits: map[string]int{}, openings: openings{at: map[partition]int64{}},
		reigns: []reign{{setup: s, from: now}}, sending: newSending(), logs: newLogs(), trace: fnv.New64a(),
	}
}

func (l *ledger) violate(promise, format string, args ...any) {
	l.note(l.violation(promise, format, args...))
}

func (l *ledger) violation(promise, format string, args ...any) Violation {
	return Violation{promise, format, fmt.Sprintf(format, args...), time.Since(l.began)}
}

// note keeps the first violations: more say nothing more.
func (l *ledger) note(v Violation) {
	if len(l.found) < 20 {
		l.found = append(l.found, v)
	}
}

// violateOnce is for what is looked at again and again: it is told once.
func (l *ledger) violateOnce(promise, format string, args ...any) {
	if key := promise + format; !l.said[key] {
		l.said[key] = true
		l.violate(promise, format, args...)
	}
}

// change notes that members begin to go over to another configuration.
func (l *ledger) change(s Setup) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.rewinds = append(l.rewinds, rewind{})
	l.stranded(&l.reigns[len(l.reigns)-1].setup, &s, l.rewinds[len(l.rewinds)-1])
	l.reigns = append(l.reigns, reign{setup: s.clone(), from: time.Now()})
}

// changed notes that all members have gone over.
func (l *ledger) changed() {
	l.mu.Lock()
	defer l.mu.Unlock()
	last := len(l.reigns) - 1
	l.stranded(&l.reigns[last-1].setup, &l.reigns[last].setup, l.rewinds[len(l.rewinds)-1])
	for i := range l.reigns[:len(l.reigns)-1] {
		if l.reigns[i].to.IsZero() {
			l.reigns[i].to = time.Now()
		}
	}
}

// produce gives a record its id, and has it filled, before it is produced.
func (l *ledger) produce(r *record, fill func()) *record {
	l.mu.Lock()
	defer l.mu.Unlock()
	r.id, r.offset, r.span, r.at, r.sizes = len(l.records), -1, 1, time.Now(), map[shape]int{}
	r.arrivals, r.again, r.letters, r.passed, r.shorn, r.sendings = map[string]int{}, map[string]int{}, map[string]time.Time{}, map[string]bool{}, map[string]bool{}, newSendings()
	fill()
	if l.handing != nil {
		l.handOver(r)
	}
	r.bytes = len(r.key) + len(r.value)
	l.largest = max(l.largest, r.bytes)
	l.records, l.open = append(l.records, r), append(l.open, r)
	return r
}

// produced notes where a record is, and with what timestamp.
func (l *ledger) produced(r *record, offset, stamp int64) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.at(r, offset, stamp)
	l.adopt()
}

// lost notes that nobody can say whether a record was stored.
func (l *ledger) lost(r *record) {
	l.mu.Lock()
	defer l.mu.Unlock()
	r.lose("its producer was not answered")
}

func (l *ledger) at(r *record, offset, stamp int64) {
	if r.stamp == unstamped {
		r.stamp = stamp
	}
	if r.stamp != stamp {
		l.violate("G7", "record %s has the timestamp %d, and is said to have %d", r, r.stamp, stamp)
	}
	if r.offset >= 0 && r.offset != offset {
		l.violate("G7", "record %s is said to be at offset %d", r, offset)
	}
	if r.offset >= 0 {
		return
	}
	r.offset = offset
	h := l.history(r.topic, r.partition)
	r.remake, r.era, r.epoch = l.remakes[r.topic], h.era, h.at(offset)
	l.places[position{r.topic, r.partition, offset}] = r
	if r.txn != nil {
		p := partition{r.topic, r.partition}
		if first, ok := r.txn.first[p]; !ok || offset < first {
			r.txn.first[p] = offset
		}
	}
	l.passOver(r)
}

// apart says whether two records of a partition have no order: one is of a log that ended before the
// other was written.
func (r *record) apart(other *record) bool {
	if r.era > other.era {
		return other.over
	}
	return r.era < other.era && r.over
}

// window are the configurations that may have been in force for a record until now.
func (l *ledger) window(r *record) []*Setup {
	var all []*Setup
	for i := range l.reigns {
		if g := &l.reigns[i]; g.to.IsZero() || !g.to.Before(r.at) {
			all = append(all, &g.setup)
		}
	}
	return all
}

func (l *ledger) may(r *record, place string) bool {
	for _, s := range l.window(r) {
		if !s.shows(r) {
			continue
		}
		for _, name := range s.fate(r).to {
			if d := s.destination(name); d.Place == place && !l.tooLarge(s, r, d) {
				return true
			}
		}
	}
	return false
}

// debt is what a record is still owed: a place, and the names of destinations there.
type debt struct {
	place string // empty for a dead letter of the record itself
	group string // whose it is
}

// owes returns what is owed to a record under every configuration that may have been in force.
func (l *ledger) owes(r *record) []debt {
	if r.gone != "" {
		return nil
	}
	return l.missing(r)
}

// missing returns what is owed to a record whether Kafka has it or not.
func (l *ledger) missing(r *record) []debt {
	common := underAll(l, r, func(d debt) debt { return d })
	return slices.SortedFunc(maps.Keys(common), func(a, b debt) int { return len(a.place) - len(b.place) })
}

// underAll returns what is owed to a record, as of says, under each configuration that may have been in force.
func underAll[T comparable](l *ledger, r *record, of func(debt) T) (common map[T]bool) {
	for _, s := range l.window(r) {
		var debts []debt
		if s.dueTo(r) && (s.Uncommitted || !l.hidden(r)) {
			debts = l.missingUnder(s, r)
		}
		if len(debts) == 0 {
			return nil // of most records
		}
		here := map[T]bool{}
		for _, d := range debts {
			here[of(d)] = true
		}
		if common == nil {
			common = here
		}
		maps.DeleteFunc(common, func(t T, _ bool) bool { return !here[t] })
	}
	return common
}

// missingUnder returns what is owed to a record under one configuration.
func (l *ledger) missingUnder(s *Setup, r *record) (debts []debt) {
	f := s.fate(r)
	if f.letter != "" && r.letters[""].IsZero() {
		debts = append(debts, debt{"", group})
	}
	for _, name := range f.to {
		d := s.destination(name)
		arrived := r.arrivals[d.Place] > 0 && !l.tooLarge(s, r, d)
		if r.letters[name].IsZero() && !arrived {
			debts = append(debts, debt{d.Place, s.groupOf(d)})
		}
	}
	return debts
}

// unserved reports whether a place lacks a record that every configuration sends there, whichever group's
// business that has been: of a destination that is renamed, isolated or taken back it is another's.
func (l *ledger) unserved(r *record) bool {
	return r.gone == "" && len(underAll(l, r, func(d debt) string { return d.place })) > 0
}

// inherits reports whether it is a group's business now that a place lacks a record which every configuration sends there.
func (l *ledger) inherits(of string, r *record) bool {
	if r.gone != "" {
		return false
	}
	lacks := underAll(l, r, func(d debt) string { return d.place })
	now := &l.reigns[len(l.reigns)-1].setup
	return slices.ContainsFunc(now.fate(r).to, func(name string) bool {
		d := now.destination(name)
		return lacks[d.Place] && now.groupOf(d) == of
	})
}

// adrift reports whether a record has arrived nowhere although every configuration sends it somewhere.
func (l *ledger) adrift(r *record) bool {
	if r.gone != "" || len(r.arrivals) > 0 || len(r.letters) > 0 {
		return false
	}
	for _, s := range l.window(r) {
		if f := s.fate(r); !s.dueTo(r) || len(f.to) == 0 && f.letter == "" {
			return false
		}
	}
	return true
}

// left returns the records that are owed something.
func (l *ledger) left() (left []*record) {
	l.mu.Lock()
	defer l.mu.Unlock()
	for _, r := range l.records {
		if r.offset >= 0 && (l.unserved(r) || l.adrift(r)) {
			left = append(left, r)
		}
	}
	return left
}

// committed notes that a group commits an offset of a partition: all before it has to be settled. What was
// written in a later leader epoch than is committed is not passed: whoever reads on asks where the log has
// parted from that epoch (KIP-320).
func (l *ledger) committed(of, member string, at partition, offset int64, leader int32) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.saw("committed", of+" "+at.topic, int64(at.id), offset)
	l.marked(claim{of, at.topic, at.id}, offset)
	if l.opened(of, member, at, offset) {
		return
	}
	for _, r := range l.records {
		if r.offset < 0 || r.topic != at.topic || r.partition != at.id || r.offset >= offset || r.passed[of] || leader >= 0 && r.epoch > leader {
			continue
		}
		r.passed[of] = true
		l.pass(of, r)
	}
}

// pass judges that a group has committed past a record.
func (l *ledger) pass(of string, r *record) {
	for _, d := range l.owes(r) {
		if d.group == of {
			// The topic of dead letters is read a little later than it is written.
			l.early = append(l.early, early{r, d, time.Now()})
		}
	}
	if r.gone == "" && r.txn.isOpen() && !slices.ContainsFunc(l.window(r), func(s *Setup) bool { return s.Uncommitted }) {
		l.violate("G1", "group %s commits past record %s, whose transaction is open", of, r)
	}
}

func (r *record) String() string {
	text := fmt.Sprintf("%d (%s/%d/%d, key %q, kind %d", r.id, r.topic, r.partition, r.offset, r.key, r.kind)
	if len(r.flavours) > 0 {
		text += ", " + strings.Join(r.flavours, ", ")
	}
	if r.txn != nil {
		text += ", transaction " + r.txn.state
	}
	text += ")"
	if r.gone != "" {
		text += ", gone: " + r.gone + ","
	}
	return text
}
