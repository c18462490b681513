package simulate

import (
	"slices"
	"time"
)

// openings are where the shared group has begun, which is said before anybody joins it. A start other
// than the earliest record passes over what is before.
type openings struct {
	joined    bool      // a member has committed: whatever is new from now on begins at its first record
	instances int       // ever
	started   time.Time // when the latest instance was started: what is written after that is for the bridge
	at        map[partition]int64
}

type partition struct {
	topic string
	id    int32
}

// starts notes that an instance starts.
func (l *ledger) starts() {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.openings.started = time.Now()
	l.openings.instances++
}

// opened notes that a group commits an offset, and says whether that is where it begins: all before it
// is passed over then. Called with mu held.
func (l *ledger) opened(of, member string, at partition, offset int64) bool {
	if member != "" {
		l.openings.joined = l.openings.joined || of == group
		return false
	}
	latest := slices.ContainsFunc(l.reigns, func(r reign) bool { return r.setup.Start != "earliest" })
	if of != group || l.openings.joined || !latest {
		return false
	}
	l.openings.at[at] = offset
	for _, r := range l.records {
		if r.topic == at.topic && r.partition == at.id && r.offset >= 0 {
			l.passOver(r)
		}
	}
	return true
}

// passOver notes that a record is before the start, if it is. Called with mu held.
func (l *ledger) passOver(r *record) {
	start, ok := l.openings.at[partition{r.topic, r.partition}]
	if !ok || r.offset >= start || r.gone != "" {
		return
	}
	if !r.at.Before(l.openings.started) && l.tellable(r) {
		l.violate("G1", "the start of the group passes over record %s, which was written after the instances were started", r)
	}
	r.gone = "it is before the start of the group"
}

// tellable says whether the stamps of a partition tell that a record was written after the instances were started:
// one of the future, before which it may stand, tells nothing. Called with mu held.
func (l *ledger) tellable(r *record) bool {
	if r.stamp == unstamped || r.stamp < l.openings.started.UnixMilli() {
		return false
	}
	soon := time.Now().Add(time.Minute).UnixMilli()
	return !slices.ContainsFunc(l.records, func(x *record) bool {
		return x.topic == r.topic && x.partition == r.partition && x.stamp > soon
	})
}
