package simulate

import (
	"maps"
	"slices"
	"strings"
	"time"
)

// transaction is one of a producer. The ledger's lock guards it.
type transaction struct {
	state string              // open, committing, committed, aborting, aborted, unknown
	until time.Time           // when brokers abort it
	ended time.Time           // zero while it is not said to be
	first map[partition]int64 // offsets of its first records
}

func (t *transaction) isOpen() bool {
	return t != nil && t.state == "open" && time.Now().Before(t.until)
}

// begins notes the transaction of records that are to be produced.
func (l *ledger) begins(all []*record, timeout time.Duration) *transaction {
	l.mu.Lock()
	defer l.mu.Unlock()
	t := &transaction{state: "open", until: time.Now().Add(timeout), first: map[partition]int64{}}
	l.txns = append(l.txns, t)
	for _, r := range all {
		r.txn = t
	}
	return t
}

// ends notes what becomes of a transaction. What groups have committed past is judged when it is known that it
// had to arrive.
func (l *ledger) ends(t *transaction, state string) {
	l.mu.Lock()
	defer l.mu.Unlock()
	t.state = state
	if strings.HasSuffix(state, "ing") {
		return
	}
	if t.ended = time.Now(); state != "committed" {
		return
	}
	for _, r := range l.records {
		if r.txn != t {
			continue
		}
		for _, of := range slices.Sorted(maps.Keys(r.passed)) {
			l.pass(of, r)
		}
	}
}

// shows says whether a consumer may see a record, and dueTo whether it has to in the end.
func (s *Setup) shows(r *record) bool {
	return s.dueTo(r) || r.txn.state == "committing" || r.txn.state == "unknown"
}

func (s *Setup) dueTo(r *record) bool {
	return s.Uncommitted || r.txn == nil || r.txn.state == "committed"
}
