package kafka

import "github.com/twmb/franz-go/pkg/kgo"

// offer hands records to the intake. What it does not take, since a record has to wait for its
// schema, is kept and offered again, and the partition is paused until it is taken: its order
// stays, and the other partitions go on. Called with the gate read-locked, by the poll loop.
func (s *Source) offer(a *assignment, records []*kgo.Record) {
	if len(a.waiting) > 0 {
		a.waiting = append(a.waiting, records...)
		return
	}
	if taken := s.intake.Accept(a.part, records); taken < len(records) {
		a.waiting = append(a.waiting, records[taken:]...)
		a.paused.Store(true)
		s.client.PauseFetchPartitions(map[string][]int32{a.topic: {a.partition}})
	}
}

// offerWaiting offers again what waits.
func (s *Source) offerWaiting() {
	s.gate.RLock()
	defer s.gate.RUnlock()
	for _, a := range s.assigned {
		if len(a.waiting) > 0 {
			taken := s.intake.Accept(a.part, a.waiting)
			clear(a.waiting[:taken])
			if a.waiting = a.waiting[taken:]; len(a.waiting) == 0 {
				a.waiting = nil // resumed with the partitions that have room
			}
		}
	}
}
