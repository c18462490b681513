package simulate

import (
	"slices"
	"strings"
	"time"

	"github.com/twmb/franz-go/pkg/kerr"
)

// happening is an event, as far as the model goes by it: who reads what may change.
type happening struct {
	from, to time.Time
	// unclean says that a partition may be taken from its owner before that could commit.
	unclean bool
	// topic is the only one that cannot be read meanwhile; empty for any.
	topic string
	// lasts says that it is the same all the while, so that what stands still for it is to be named.
	lasts bool
	// letters says that brokers may not take dead letters meanwhile.
	letters bool
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
	h := happening{from: now, to: now.Add(e.For)}
	// What becomes of a kill is known by partition.
	h.unclean = !slices.Contains([]string{"join", "leave", "kill", "reload"}, e.Do)
	// Where a transaction that commits offsets of the group is open the client asks for all of them again (KIP-447).
	if e.Do == withdrawal || strings.HasSuffix(e.Do, ofATopic) && e.Other != kerr.UnstableOffsetCommit.Message {
		h.topic = e.Name
	}
	h.lasts = among(brokerEvents) || among(brokerNetworkEvents) || among(refusalEvents)
	h.letters = e.For > 0 && (among(brokerEvents) || among(brokerNetworkEvents) || slices.ContainsFunc(refusable, func(a answers) bool {
		return a.event() == e.Do && (a.of == ofLetters || a.of == ofAll)
	}))
	l.happenings = append(l.happenings, h)
}

// moves notes that partitions change hands now.
func (l *ledger) moves() {
	l.mu.Lock()
	defer l.mu.Unlock()
	now := time.Now()
	l.happenings = append(l.happenings, happening{from: now, to: now})
}

// disturbed says whether partitions may have changed hands since a time.
func (l *ledger) disturbed(since time.Time) bool {
	return slices.ContainsFunc(l.happenings, func(h happening) bool { return !h.to.Before(since) })
}

// disturbedIn says whether those of a topic may have, or may not be read. What is about another topic may
// disturb it as it begins and ends.
func (l *ledger) disturbedIn(topic string, since time.Time) bool {
	now := time.Now()
	return slices.ContainsFunc(l.happenings, func(h happening) bool {
		if h.topic == "" || h.topic == topic || !h.to.After(now) {
			return !h.to.Before(since)
		}
		return !h.from.Before(since)
	})
}

// settling is how long it takes at the most after an event until partitions are where they stay: a session
// and a rebalance, which may come one after the other for several groups.
const settling = 2 * time.Minute

// unclean says whether partitions may have been taken from their owners of late.
func (l *ledger) unclean(now time.Time) bool {
	return slices.ContainsFunc(l.happenings, func(h happening) bool { return h.unclean && !h.to.Before(now.Add(-settling)) })
}
