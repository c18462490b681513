package simulate

import "time"

// hearing is how long it may take after a fault until a member has heard that a partition is another's: what
// coordinators answer may be as late as a slow one is.
const hearing = 15 * time.Second

// unaware says whether two members may read the partition of a record now: one was kept from hearing that
// it was taken from it, and reads on until it does.
func (l *ledger) unaware(r *record) bool {
	now := time.Now()
	for c, at := range l.taken {
		if c.topic != r.topic || c.partition != r.partition {
			continue
		}
		for _, h := range l.happenings {
			if h.unclean && !at.Before(h.from) && !at.After(h.to.Add(hearing)) && !now.After(h.to.Add(hearing)) {
				return true
			}
		}
	}
	return false
}
