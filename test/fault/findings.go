package fault

import (
	"sort"
	"time"
)

// finish says what is to be said in the end.
func (l *ledger) finish() Findings {
	l.mu.Lock()
	defer l.mu.Unlock()
	f := &l.found
	f.Events = len(l.events)
	logs := map[log][]int{}
	for id := range l.events {
		e := &l.events[id]
		l.count(id, e)
		if e.offset >= 0 {
			of := log{e.topic, e.partition}
			logs[of] = append(logs[of], id)
		}
	}
	for of, ids := range logs {
		sort.Slice(ids, func(i, j int) bool { return l.events[ids[i]].offset < l.events[ids[j]].offset })
		l.early(of, ids)
	}
	return *f
}

// count adds an event to the sums.
func (l *ledger) count(id int, e *event) {
	f := &l.found
	for d, n := range e.arrivals {
		if n == 0 {
			continue
		}
		f.Delivered++
		if isFIFO(d) {
			f.FIFODuplicated += n - 1
		} else {
			f.Duplicated += n - 1
		}
	}
	if e.letters > 0 {
		f.Letters++
		f.Duplicated += e.letters - 1
	}
	switch owes := e.owes(); {
	case owes == 0:
	case e.expired:
		f.Expired++
	default:
		f.Lost += owes
		l.sample("event %d, %s, at offset %d of partition %d is lost", id, e.kind.name, e.offset, e.partition)
	}
}

// early counts the events of a partition, given in its order, that were settled after an offset
// above them was committed.
func (l *ledger) early(of log, ids []int) {
	for _, c := range l.commits[of] {
		for len(ids) > 0 && l.events[ids[0]].offset < c.offset {
			if e := &l.events[ids[0]]; l.settled(e).After(c.at) && !e.expired {
				l.found.Early++
				l.sample("offset %d of partition %d was committed %v before event %d, %s, was settled", c.offset, of.partition,
					l.settled(e).Sub(c.at), ids[0], e.kind.name)
			}
			ids = ids[1:]
		}
	}
}

// never is when something happens that never does.
var never = time.Date(9999, 1, 1, 0, 0, 0, 0, time.UTC)

// settled is when the last delivery or letter of an event came for which the group waits; the zero
// time for one without any.
func (l *ledger) settled(e *event) time.Time {
	var last time.Time
	if e.kind.letter && !(e.kind.refused && l.apart[payments]) {
		if last = e.buried; e.letters == 0 {
			return never
		}
	}
	for _, d := range e.kind.to {
		switch {
		case l.apart[d]:
		case e.arrivals[d] == 0:
			return never
		case e.first[d].After(last):
			last = e.first[d]
		}
	}
	return last
}
