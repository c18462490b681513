package simulate

import (
	"maps"
	"slices"
)

// handover is a reload of several members, one after the other. Until the last has gone over, a destination that
// goes from one consumer group to another can get records twice, from both (docs/operations.md, "Isolated
// destinations").
type handover struct {
	was, is Setup
	records []*record // that are not committed when it begins
	known   int       // records, when it begins
}

// beginHandover is called before the first member goes over.
func (l *ledger) beginHandover(is Setup) *handover {
	l.mu.Lock()
	defer l.mu.Unlock()
	h := &handover{was: l.reigns[len(l.reigns)-1].setup.clone(), is: is.clone(), known: len(l.records)}
	for _, r := range l.records {
		for _, of := range h.was.sendersOf(r) {
			if slices.ContainsFunc(of, func(g string) bool { return !r.passed[g] }) {
				h.records = append(h.records, r)
				break
			}
		}
	}
	return h
}

// endHandover is called when the last has gone over.
func (l *ledger) endHandover(h *handover) {
	l.mu.Lock()
	defer l.mu.Unlock()
	for _, r := range slices.Concat(h.records, l.records[h.known:]) {
		was, is := h.was.sendersOf(r), h.is.sendersOf(r)
		for _, place := range slices.Sorted(maps.Keys(is)) {
			if before, ok := was[place]; ok && !slices.Equal(before, is[place]) {
				r.excused[place] = max(r.excused[place], r.arrivals[place]+l.due(r, place))
			}
		}
	}
}

// sendersOf returns the groups that send a record, by place.
func (s *Setup) sendersOf(r *record) map[string][]string {
	all := map[string][]string{}
	for _, name := range s.fate(r).to {
		d := s.destination(name)
		if g := s.groupOf(d); !slices.Contains(all[d.Place], g) {
			all[d.Place] = append(all[d.Place], g)
		}
	}
	for _, groups := range all {
		slices.Sort(groups)
	}
	return all
}
