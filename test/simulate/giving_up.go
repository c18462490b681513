package simulate

import (
	"strings"
	"time"
)

// giveUpWithin is how much longer than give_up_after a message may take that fails all the time to become a dead
// letter: the longest pause between two attempts, and a record that is just read. One that waits in its message
// group, or for its turn where about one request a second is made, comes after those before it, each.
const (
	giveUpWithin = 90 * time.Second
	giveUpEach   = 1500 * time.Millisecond
)

// judgeGivingUp looks for messages that fail for longer than they are to.
func (l *ledger) judgeGivingUp(s Setup) {
	now := time.Now()
	if l.lettersHindered(now.Add(-flowWithin)) {
		return
	}
	waiting := map[string]int{} // by place
	for _, r := range l.open {
		for _, d := range l.owes(r) {
			waiting[d.place]++
		}
	}
	for _, c := range l.claimsInOrder() {
		st := l.standing[c]
		if len(st.owed) == 0 {
			continue
		}
		// Whoever reads it anew counts anew; what is at the front has been read.
		r, since := st.owed[0], l.standsSince(st)
		for i := range s.Destinations {
			d := &s.Destinations[i]
			if d.GiveUp == 0 || s.groupOf(d) != c.group || l.letterWaits(r) || !l.owedAt(r, d.Place, c.group) {
				continue
			}
			most := d.GiveUp + giveUpWithin + time.Duration(waiting[d.Place])*giveUpEach
			if now.Sub(since) > most && now.Sub(r.at) > most && l.failsThroughout(d.Place, now.Add(-most)) {
				l.violateOnce("dead letters", "record %s is the first that group %s owes since %s, and fails at %q all the while; it is to be given up after %s",
					r, c.group, now.Sub(since), d.Place, d.GiveUp)
			}
		}
	}
}

func (l *ledger) owedAt(r *record, place, of string) bool {
	owes := l.owes(r)
	return len(owes) == 1 && owes[0] == debt{place, of}
}

// failsThroughout says whether all requests to a place have failed since a time, at once, by something that passes,
// and by nothing else.
func (l *ledger) failsThroughout(place string, since time.Time) bool {
	throughout := false
	for _, f := range l.faults {
		if f.to.IsZero() || !f.to.Before(since) {
			if !l.concerns(f, place) {
				continue
			}
			if f.nature != passing || strings.Contains(f.what, "silence") || f.what == "silent" || f.what == "stall" {
				return false
			}
			throughout = throughout || f.all && f.to.IsZero() && !f.from.After(since)
		}
	}
	return throughout
}
