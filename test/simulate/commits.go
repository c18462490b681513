package simulate

import (
	"slices"
	"time"
)

// commitWithin is how much longer than the commit interval it may take, while nothing else happens, until what is
// settled is committed: what is not is sent again after a crash.
const commitWithin = 20 * time.Second

// judgeCommits looks for what is settled and not committed.
func (l *ledger) judgeCommits(s Setup) {
	now := time.Now()
	since := now.Add(-s.Commit - commitWithin)
	if l.disturbed(now.Add(-settling)) || l.idleSince.After(now.Add(-settling)) {
		return
	}
	for _, c := range l.claimsInOrder() {
		st := l.standing[c]
		if st.well.IsZero() || st.well.After(since) || !s.reads(c) || l.unacknowledged(c, now.Add(-flowWithin)) {
			continue
		}
		for _, r := range l.uncommitted(c) {
			if r.gone == "" && r.at.Before(since) && !l.obstructed(r, since) {
				l.violateOnce("G2", "record %s is settled since %s, and group %s has committed %d", r, now.Sub(st.well), c.group, l.marks[c])
				break
			}
		}
	}
}

// reads says whether a configuration has a group that reads a partition.
func (s *Setup) reads(c claim) bool {
	return slices.Contains(s.Topics, c.topic) && (c.group == group ||
		slices.ContainsFunc(s.Destinations, func(d Destination) bool { return s.groupOf(&d) == c.group }))
}

// unacknowledged says whether what has arrived for a group may not have been acknowledged.
func (l *ledger) unacknowledged(c claim, since time.Time) bool {
	return slices.ContainsFunc(l.uncommitted(c), func(r *record) bool { return l.heldUpSince(r, c.group, since) })
}
