package handover

import (
	"maps"
	"slices"

	"github.com/twmb/franz-go/pkg/kadm"

	"github.com/sluice-bridge/sluice/bridge/offsets/progress"
)

// A destination that had a group of its own, and is no more, has an heir where another one of the same place
// is new: what the group of the earlier name has not sent is for the later one to get. That is how a
// destination is renamed.

// earlier returns the names that a destination had while it was apart, by the reach of a partition: those of
// its place that were apart and are no more, or lead elsewhere. A destination that was apart under its own
// name goes on from there.
func (s Sharing) earlier(destination string, reach progress.Progress) (names []string) {
	if _, away := reach.Isolated[destination]; away {
		return nil
	}
	for _, d := range slices.Sorted(maps.Keys(reach.Isolated)) {
		at := reach.Resources[d]
		if d != destination && at.Same(s.Resources[destination]) && !at.Same(s.Resources[d]) {
			names = append(names, d)
		}
	}
	return names
}

// inherited returns where the groups of a destination's earlier names have stopped, the lowest of them, and
// the name; none where it had no other.
func (s Sharing) inherited(destination string, reach progress.Progress, own func(destination string) (kadm.Offset, bool)) (stopped kadm.Offset, of string) {
	for _, d := range s.earlier(destination, reach) {
		if at := stoppedAt(d, reach, own); of == "" || at.At < stopped.At {
			stopped, of = at, d
		}
	}
	return stopped, of
}

// hasHeir says whether what a destination has not got is for one of another name.
func (s Sharing) hasHeir(destination string, reach progress.Progress) bool {
	return slices.ContainsFunc(slices.Concat(s.Sends, s.Apart), func(d string) bool {
		return slices.Contains(s.earlier(d, reach), destination)
	})
}

// leadsTo says whether any destination is of a place.
func (s Sharing) leadsTo(at progress.ResourceID) bool {
	for _, other := range s.Resources {
		if at.Same(other) {
			return true
		}
	}
	return false
}

// TakesBack says whether the shared group is to take a destination back, by the reach of a partition.
func (s Sharing) TakesBack(reach progress.Progress) bool {
	return slices.ContainsFunc(s.Sends, func(d string) bool {
		_, away := reach.Isolated[d]
		return away || len(s.earlier(d, reach)) > 0
	})
}
