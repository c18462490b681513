package fault

import (
	"encoding/json"
	"fmt"
	"hash/maphash"
	"math"
	"slices"
	"sync"
	"time"
)

// event is what the ledger knows of one event.
type event struct {
	kind      *kind
	group     string
	sum       uint64 // of its body
	partition int32
	topic     int   // how many topics of the name there were before its own
	offset    int64 // -1 until Kafka has acknowledged it
	arrivals  [destinations]int
	first     [destinations]time.Time
	letters   int
	buried    time.Time
	expired   bool // deleted by Kafka's retention before it was read
}

// ledger knows every event, and what happened to it.
type ledger struct {
	mu      sync.Mutex
	events  []event
	found   Findings
	newest  map[stream]int
	owed    int                // deliveries and letters to come
	apart   [destinations]bool // those that have a group of their own, not the one that is watched
	moves   []time.Time        // of deliveries to standard destinations, in their order
	commits map[log][]commit
}

// stream is what has an order.
type stream struct {
	destination int
	group       string
}

// log is a partition of a topic; topic as in event.
type log struct {
	topic     int
	partition int32
}

// commit is a committed offset that was seen at a time.
type commit struct {
	offset int64
	at     time.Time
}

// Findings is what a ledger says in the end.
type Findings struct {
	Events, Delivered, Lost    int
	Duplicated, FIFODuplicated int
	OutOfOrder, Altered        int
	Letters, StrayLetters      int // Stray: of events that should have none
	Early                      int // events below an offset that was committed before they were settled
	WentBack                   int // commits that were below an earlier one
	Expired                    int // deleted by Kafka before they were read
	Samples                    []string
}

func newLedger() *ledger {
	return &ledger{newest: map[stream]int{}, commits: map[log][]commit{}}
}

const maxSamples = 10

func (l *ledger) sample(format string, args ...any) {
	if len(l.found.Samples) < maxSamples {
		l.found.Samples = append(l.found.Samples, fmt.Sprintf(format, args...))
	}
}

// add notes an event before it is produced.
func (l *ledger) add(e event) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.events = append(l.events, e)
	l.owed += len(e.kind.to)
	if e.kind.letter {
		l.owed++
	}
}

// produced notes where an event is.
func (l *ledger) produced(id int, offset int64) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.events[id].offset = offset
}

// read finds the event of a body.
func (l *ledger) read(text []byte, where string) (int, *event) {
	var b body
	if err := json.Unmarshal(text, &b); err != nil || b.ID < 0 || b.ID >= len(l.events) {
		l.found.Altered++
		l.sample("%s: no event of ours: %.80q", where, text)
		return 0, nil
	}
	e := &l.events[b.ID]
	if maphash.Bytes(sumSeed, text) != e.sum {
		l.found.Altered++
		l.sample("%s: event %d is altered: %.80q", where, b.ID, text)
	}
	return b.ID, e
}

// arrived notes a message at the far end of a destination.
func (l *ledger) arrived(destination int, text string) {
	l.mu.Lock()
	defer l.mu.Unlock()
	now := time.Now()
	name := destinationNames[destination]
	id, e := l.read([]byte(text), name)
	if e == nil {
		return
	}
	wanted := false
	for _, d := range e.kind.to {
		wanted = wanted || d == destination
	}
	if !wanted {
		l.found.Altered++
		l.sample("%s: event %d is not for it", name, id)
		return
	}
	if e.arrivals[destination]++; e.arrivals[destination] == 1 {
		e.first[destination] = now
		l.came(e)
	}
	if !isFIFO(destination) {
		l.moves = append(l.moves, now)
		return
	}
	s := stream{destination, e.group}
	if last, ok := l.newest[s]; ok && id < last {
		l.found.OutOfOrder++
		l.sample("%s: event %d of group %s came after %d", name, id, e.group, last)
	}
	l.newest[s] = max(id, l.newest[s])
}

// came takes from what is owed what came for the first time.
func (l *ledger) came(e *event) {
	if !e.expired {
		l.owed--
	}
}

// buried notes a dead letter that was written at a time.
func (l *ledger) buried(value []byte, at time.Time, why string) {
	l.mu.Lock()
	defer l.mu.Unlock()
	id, e := l.read(value, "dead letters")
	if e == nil {
		return
	}
	if e.letters++; e.letters == 1 {
		e.buried = at
		if e.kind.letter {
			l.came(e)
		}
	}
	if !e.kind.letter {
		l.found.StrayLetters++
		l.sample("event %d, %s, is a dead letter: %s", id, e.kind.name, why)
	}
}

// committed notes what a group has committed; the time is that of the answer.
func (l *ledger) committed(of log, offset int64, at time.Time) {
	l.mu.Lock()
	defer l.mu.Unlock()
	seen := l.commits[of]
	if n := len(seen); n > 0 && offset <= seen[n-1].offset {
		if offset < seen[n-1].offset {
			l.found.WentBack++
			l.sample("the committed offset of partition %d went back from %d to %d", of.partition, seen[n-1].offset, offset)
		}
		return
	}
	l.commits[of] = append(seen, commit{offset, at})
}

// forget forgets what was committed of a partition: what comes now may be below it.
func (l *ledger) forget(of log) {
	l.mu.Lock()
	defer l.mu.Unlock()
	delete(l.commits, of)
}

// again returns how many messages to standard destinations and dead letters are of a partition's
// records below an offset.
func (l *ledger) again(of log, below int64) int {
	l.mu.Lock()
	defer l.mu.Unlock()
	n := 0
	for i := range l.events {
		e := &l.events[i]
		if !e.in(of) || e.offset < 0 || e.offset >= below {
			continue
		}
		if e.kind.letter {
			n++
		}
		for _, d := range e.kind.to {
			if !isFIFO(d) {
				n++
			}
		}
	}
	return n
}

// expire notes that Kafka deleted a partition's records below an offset: those that have not
// arrived cannot arrive any more.
func (l *ledger) expire(of log, below int64) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.writeOff(of, 0, below)
}

// writeOff has the events of a partition between two offsets be owed no more, and returns them. Called
// with mu held.
func (l *ledger) writeOff(of log, from, below int64) (gone []*event) {
	for i := range l.events {
		if e := &l.events[i]; e.in(of) && e.offset >= from && e.offset < below && !e.expired {
			e.expired = true
			l.owed -= e.owes()
			gone = append(gone, e)
		}
	}
	return gone
}

// end returns the offset behind the last event of a partition that Kafka has acknowledged.
func (l *ledger) end(of log) int64 {
	l.mu.Lock()
	defer l.mu.Unlock()
	var end int64
	for i := range l.events {
		if e := &l.events[i]; e.in(of) {
			end = max(end, e.offset+1)
		}
	}
	return end
}

// missing returns how many events have not arrived at a destination that have to.
func (l *ledger) missing(destination int) int {
	l.mu.Lock()
	defer l.mu.Unlock()
	n := 0
	for i := range l.events {
		if e := &l.events[i]; !e.expired && e.arrivals[destination] == 0 && slices.Contains(e.kind.to, destination) {
			n++
		}
	}
	return n
}

// lose notes that a partition has lost its records from an offset on: others may come to stand there.
func (l *ledger) lose(of log, from int64) {
	l.mu.Lock()
	defer l.mu.Unlock()
	for _, e := range l.writeOff(of, from, math.MaxInt64) {
		e.offset = -1
	}
}

func (e *event) in(of log) bool { return e.topic == of.topic && e.partition == of.partition }

// owes is what an event has still to bring.
func (e *event) owes() int {
	n := 0
	for _, d := range e.kind.to {
		if e.arrivals[d] == 0 {
			n++
		}
	}
	if e.kind.letter && e.letters == 0 {
		n++
	}
	return n
}

// state is how many events there are, and how many deliveries and letters are still to come.
func (l *ledger) state() (events, owed int) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return len(l.events), l.owed
}

// since is how many deliveries came to standard destinations since a time.
func (l *ledger) since(t time.Time) int {
	l.mu.Lock()
	defer l.mu.Unlock()
	n := 0
	for i := len(l.moves) - 1; i >= 0 && l.moves[i].After(t); i-- {
		n++
	}
	return n
}

// setApart says that a destination has a group of its own.
func (l *ledger) setApart(destination int) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.apart[destination] = true
}
