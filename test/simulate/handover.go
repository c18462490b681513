package simulate

import (
	"maps"
	"slices"
)

// handover is a reload of several members, one after the other. Until the last has gone over, a destination that
// goes from one consumer group to another can get records twice, from both (docs/operations.md, "Isolated
// destinations"): those that are not committed when it begins, and those that come until it ends.
type handover struct{ was, is Setup }

// beginHandover is called before the first member goes over.
func (l *ledger) beginHandover(is Setup) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.handing = &handover{was: l.reigns[len(l.reigns)-1].setup.clone(), is: is.clone()}
	for _, r := range l.records {
		for _, of := range l.handing.was.sendersOf(r) {
			if slices.ContainsFunc(of, func(g string) bool { return !r.passed[g] }) {
				l.handOver(r)
				break
			}
		}
	}
}

// endHandover is called when the last has gone over.
func (l *ledger) endHandover() {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.handing = nil
}

// handOver excuses that a record comes from both groups, once more than so far, at the places to which another one is to
// send it now.
func (l *ledger) handOver(r *record) {
	was, is := l.handing.was.sendersOf(r), l.handing.is.sendersOf(r)
	for _, place := range slices.Sorted(maps.Keys(is)) {
		if before, ok := was[place]; ok && !slices.Equal(before, is[place]) {
			once := l.due(r, place)
			r.excused[place] = max(r.excused[place], r.arrivals[place]-once) + once
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
