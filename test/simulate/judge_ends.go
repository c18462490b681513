package simulate

import (
	"fmt"
	"time"
)

// awaitEnds waits until all groups have committed the ends of all partitions, those behind the marker of a
// transaction too, and nothing is left to read.
func (w *world) awaitEnds() {
	until := time.Now().Add(wellWithin)
	short := w.short()
	for short != "" && time.Now().Before(until) {
		sleep(w.ctx, time.Second)
		short = w.short()
	}
	if short != "" {
		w.ledger.mu.Lock()
		defer w.ledger.mu.Unlock()
		w.ledger.violate("lag", "all has arrived since %s, and %s", wellWithin, short)
	}
}

// short says which group has not committed the end of which partition; empty where all have.
func (w *world) short() string {
	ends, err := w.admin.ListEndOffsets(w.ctx, w.setup.Topics...)
	if err != nil {
		return err.Error()
	}
	groups := []string{group}
	for _, d := range w.setup.Destinations {
		if d.Isolated {
			groups = append(groups, group+"."+d.Name)
		}
	}
	for _, g := range groups {
		commits, err := w.admin.FetchOffsets(w.ctx, g)
		if err != nil {
			return err.Error()
		}
		for _, end := range ends.Offsets().Sorted() {
			c, ok := commits.Lookup(end.Topic, end.Partition)
			if !ok || c.At != end.At {
				return fmt.Sprintf("group %s has committed %d of %s/%d, which ends at %d", g, c.At, end.Topic, end.Partition, end.At)
			}
		}
	}
	var lag int64
	for _, m := range w.members {
		if m.running() {
			lag += m.daemon.Lag()
		}
	}
	if lag > 0 {
		return fmt.Sprintf("the members say that they lag by %d", lag)
	}
	return ""
}
