package simulate

import (
	"slices"
	"time"
)

// hearing is how long it may take after a fault until a member has heard that a partition is another's: what
// coordinators answer may be as late as a slow one is.
const hearing = 15 * time.Second

// unaware says whether two members may read the partition of a record now.
func (l *ledger) unaware(r *record) bool {
	for c := range l.taken {
		if c.topic == r.topic && c.partition == r.partition && l.twofoldRead(c) {
			return true
		}
	}
	return false
}

// twofoldRead says whether two members may read a partition now: one was kept from hearing that it was taken from it,
// and reads on until it does.
func (l *ledger) twofoldRead(c claim) bool {
	now, at := time.Now(), l.taken[c]
	return !at.IsZero() && slices.ContainsFunc(l.happenings, func(h happening) bool {
		return h.unclean && !at.Before(h.from) && !at.After(h.to.Add(hearing)) && !now.After(h.to.Add(hearing))
	})
}
