package simulate

import (
	"slices"
	"time"
)

// standing is what a group has still to do with a partition: the records that are owed something by it, and
// since when the first of them is that.
type standing struct {
	owed  []*record
	since time.Time
	well  time.Time // since when nothing was owed; zero where something is
}

// follow brings up to date what is owed. Where nobody runs nothing is expected.
func (l *ledger) follow(running bool) {
	now := time.Now()
	if !running {
		l.idleSince = now
	}
	owed := map[claim][]*record{}
	l.open = slices.DeleteFunc(l.open, func(r *record) bool {
		if r.offset < 0 {
			return false
		}
		debts := l.owes(r)
		for _, d := range debts {
			c := claim{d.group, r.topic, r.partition}
			if n := len(owed[c]); n == 0 || owed[c][n-1] != r {
				owed[c] = append(owed[c], r)
			}
		}
		undecided := r.txn != nil && r.txn.ended.IsZero()
		return len(debts) == 0 && !l.adrift(r) && !undecided
	})
	for c := range owed {
		if l.standing[c] == nil {
			l.standing[c] = &standing{}
		}
	}
	for c, s := range l.standing {
		slices.SortFunc(owed[c], func(a, b *record) int { return int(a.offset - b.offset) })
		switch {
		case len(owed[c]) == 0:
			if s.well.IsZero() {
				s.well = now
			}
		case len(s.owed) == 0 || s.owed[0] != owed[c][0]:
			s.since, s.well = now, time.Time{}
		}
		s.owed = owed[c]
	}
}

// standsSince is since when something has stood still, apart from what it may stand still for: a change of
// who reads it, and that nobody runs.
func (l *ledger) standsSince(s *standing) time.Time {
	since := s.since
	now := time.Now()
	for _, h := range l.happenings {
		until := h.to
		if h.lasts && until.After(now) {
			until = h.from.Add(settling)
		}
		if until.After(since) {
			since = until
		}
	}
	if l.idleSince.After(since) {
		since = l.idleSince
	}
	return since
}
