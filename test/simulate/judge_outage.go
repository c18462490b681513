package simulate

import (
	"slices"
	"strings"
	"time"
)

// overdueAfter is how long a record may take while nothing fails that it needs.
const overdueAfter = 45 * time.Second

// judgeOutage judges, before the registry is mended, what its failure has stopped: records of topics with
// schemas only, and somebody says so. It is done where nothing else happens to anybody.
func (w *world) judgeOutage() {
	if w.one(0) == nil || slices.ContainsFunc(w.scenario.Events, func(e Event) bool { return e.Do != "registry" }) {
		return
	}
	problems := w.problems()
	w.ledger.mu.Lock()
	defer w.ledger.mu.Unlock()
	for _, r := range w.ledger.records {
		owes := w.ledger.owes(r)
		if r.offset < 0 || time.Since(r.at) < overdueAfter || !w.plain(r.topic) || len(owes) == 0 || w.ledger.letterWaits(r) {
			continue
		}
		if slices.ContainsFunc(owes, func(d debt) bool { return w.ledger.crowded(d.group) }) {
			continue // another one passes alone, or waits
		}
		if !hasSchemas(w.setup.Reads[r.topic].Format) {
			w.ledger.violate("G4", "the schema registry fails, and record %s, which needs no schema, has not arrived after %s; it is told of: %s",
				r, time.Since(r.at), problems)
			return
		}
		if !strings.Contains(problems, "schema registry") {
			w.ledger.violate("health", "record %s waits since %s for the schema registry, and it is told of: %s", r, time.Since(r.at), problems)
			return
		}
	}
}

// plain says whether nothing holds back the records of a topic by what it is: no transaction, no batch that
// cannot be read, and not so many records that they take their time.
func (w *world) plain(topic string) bool {
	return !slices.ContainsFunc(w.scenario.Bursts, func(b Burst) bool {
		return b.Topic == topic && (b.Txn != "" || b.Pack == "tiny" || hostile[b.Pack] != nil)
	})
}
