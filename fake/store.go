package fake

import (
	"container/heap"
	"time"
)

// stored is a message as consumers see it.
type stored struct {
	*Message
	serial        uint64    // position in the queue
	visibleAt     time.Time // end of the delay, or of the visibility timeout
	version       int       // grows with every change of visibleAt
	inFlight      bool
	deleted       bool
	firstReceived time.Time
}

// store is the consumers' side of a queue: what is receivable, in flight and
// delayed. The queue's lock guards it.
type store struct {
	order    order
	serial   uint64
	received map[string]*stored // by message id: received at least once, not deleted
	timers   timers

	visible, inFlight, delayed int
}

// order is the delivery order of a queue type.
type order interface {
	// ready offers a message that became visible.
	ready(*stored)
	// next takes the next visible message, or nil. Messages deleted meanwhile are
	// passed over.
	next() *stored
	// settled tells that a message taken by next is in flight no longer.
	settled(*stored)
	// taken tells that next's message is in flight from now on.
	taken(*stored)
}

func newStore(fifo bool) *store {
	s := &store{received: map[string]*stored{}}
	if fifo {
		s.order = &groupOrder{groups: map[string]*group{}}
	} else {
		s.order = &arrivalOrder{}
	}
	return s
}

func (s *store) add(m *stored, now time.Time) {
	s.serial++
	m.serial = s.serial
	if m.visibleAt.After(now) {
		s.delayed++
		s.arm(m)
		return
	}
	s.visible++
	s.order.ready(m)
}

// take returns the next message, in flight until the given time.
func (s *store) take(until, now time.Time) *stored {
	m := s.order.next()
	if m == nil {
		return nil
	}
	s.order.taken(m)
	s.visible--
	s.inFlight++
	m.inFlight = true
	m.visibleAt = until
	s.received[m.ID] = m
	if m.firstReceived.IsZero() {
		m.firstReceived = now
	}
	s.arm(m)
	return m
}

// remove deletes a message, whatever state it is in.
func (s *store) remove(m *stored) {
	if m.deleted {
		return
	}
	m.deleted = true
	delete(s.received, m.ID)
	if m.inFlight {
		s.land(m)
	} else {
		s.visible--
	}
}

// land ends a message's flight.
func (s *store) land(m *stored) {
	m.inFlight = false
	m.version++
	s.inFlight--
	s.order.settled(m)
}

// release makes a message in flight visible again.
func (s *store) release(m *stored) {
	s.visible++
	s.land(m)
	s.order.ready(m)
}

// arm schedules the end of a delay or a visibility timeout.
func (s *store) arm(m *stored) {
	m.version++
	heap.Push(&s.timers, timer{at: m.visibleAt, version: m.version, m: m})
}

// expire makes visible what is due.
func (s *store) expire(now time.Time) {
	for len(s.timers) > 0 && !s.timers[0].at.After(now) {
		t := heap.Pop(&s.timers).(timer)
		switch {
		case t.m.deleted || t.version != t.m.version:
		case t.m.inFlight:
			s.release(t.m)
		default:
			s.delayed--
			s.visible++
			s.order.ready(t.m)
		}
	}
}

// due is when expire next has something to do.
func (s *store) due() (time.Time, bool) {
	if len(s.timers) == 0 {
		return time.Time{}, false
	}
	return s.timers[0].at, true
}

func (s *store) depth() (visible, inFlight, delayed int) {
	return s.visible, s.inFlight, s.delayed
}

type timer struct {
	at      time.Time
	version int
	m       *stored
}

// timers is a heap of timers by time.
type timers []timer

func (t timers) Len() int           { return len(t) }
func (t timers) Less(i, j int) bool { return t[i].at.Before(t[j].at) }
func (t timers) Swap(i, j int)      { t[i], t[j] = t[j], t[i] }
func (t *timers) Push(v any)        { *t = append(*t, v.(timer)) }
func (t *timers) Pop() any {
	old := *t
	last := old[len(old)-1]
	*t = old[:len(old)-1]
	return last
}
