package simulate

import (
	"slices"
	"time"
)

// happening is an event, as far as the model goes by it: who reads what may change.
type happening struct {
	from, to time.Time
	// unclean says that a partition may be taken from its owner before that could commit.
	unclean bool
}

// happens notes an event. What happens to services and on the way to them changes nobody's partitions.
func (l *ledger) happens(e Event) {
	among := func(kinds []eventKind) bool {
		return slices.ContainsFunc(kinds, func(k eventKind) bool { return k.name == e.Do })
	}
	if among(serviceEvents) || among(networkEvents) || among(registryEvents) {
		return
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	now := time.Now()
	// What becomes of a kill is known by partition.
	l.happenings = append(l.happenings, happening{now, now.Add(e.For), !slices.Contains([]string{"join", "leave", "kill", "reload"}, e.Do)})
}

// disturbed says whether partitions may have changed hands since a time.
func (l *ledger) disturbed(since time.Time) bool {
	return slices.ContainsFunc(l.happenings, func(h happening) bool { return !h.to.Before(since) })
}

// settling is how long it takes at the most after an event until partitions are where they stay: a session
// and a rebalance, which may come one after the other for several groups.
const settling = 2 * time.Minute

// unclean says whether partitions may have been taken from their owners of late.
func (l *ledger) unclean(now time.Time) bool {
	return slices.ContainsFunc(l.happenings, func(h happening) bool { return h.unclean && !h.to.Before(now.Add(-settling)) })
}
