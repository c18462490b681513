package handover

import (
	"slices"

	"github.com/twmb/franz-go/pkg/kadm"
	"github.com/twmb/franz-go/pkg/kgo"

	"github.com/sluice-bridge/sluice/bridge/kafka"
	"github.com/sluice-bridge/sluice/bridge/offsets/progress"
)

// Sharing says which destinations the shared group sends to, and which have a consumer group of
// their own. The zero Sharing is that of such a group: it shares with nobody.
type Sharing struct {
	// Sends are the destinations that the shared group sends to.
	Sends []string
	// Apart are those that have a group of their own.
	Apart []string
	// Group names the group that a destination has, or would have, for itself.
	Group func(destination string) string
	// Resources are those of all of these destinations.
	Resources map[string]progress.ResourceID
}

// none says whether this is the Sharing of a group that shares with nobody. A note in the offsets of such
// a group is that of another: earlier versions copied those of the shared group.
func (s Sharing) none() bool { return s.Group == nil }

// debt is what a destination has still to get of a group of its own that is no more.
type debt struct {
	stopped kadm.Offset
	of      string // the destination whose group it was: itself, or one of another name and the same place
}

// owed returns the destinations that the shared group is to take back, with the offset at which the
// group of each stopped: those that were apart by the note of the last commit, under this name or another,
// and where that says nothing, those whose groups have stopped below it. own looks up what those have
// committed.
func (s Sharing) owed(last kadm.Offset, own func(destination string) (kadm.Offset, bool)) map[string]debt {
	reach, known := progress.Parse(last.Metadata)
	owed := map[string]debt{}
	for _, d := range s.Sends {
		if _, away := reach.Isolated[d]; away {
			owed[d] = debt{stoppedAt(d, reach, own), d}
			continue
		}
		if stopped, has := own(d); !known && has && stopped.At < last.At {
			owed[d] = debt{stopped, d}
		}
		if before, of := s.inherited(d, reach, own); of != "" {
			owed[d] = debt{before, of}
		}
	}
	return owed
}

// stoppedAt returns where the group of a destination that was apart has stopped; where it would have begun, if
// it never has.
func stoppedAt(d string, reach progress.Progress, own func(destination string) (kadm.Offset, bool)) kadm.Offset {
	if stopped, has := own(d); has {
		return stopped
	}
	return kadm.Offset{At: reach.Isolated[d], LeaderEpoch: -1}
}

// Begin returns where the shared group begins to read a partition after its last commit, and how
// far the destinations are done then.
func (s Sharing) Begin(last kadm.Offset, own func(destination string) (kadm.Offset, bool)) (kadm.Offset, progress.Progress) {
	if s.none() {
		return last, progress.Progress{Default: last.At}
	}
	before, _ := progress.Parse(last.Metadata)
	reach := progress.Progress{Default: max(before.Default, last.At), Done: map[string]int64{}, Isolated: map[string]int64{}, Resources: map[string]progress.ResourceID{}}
	for d := range before.Done {
		reach.Done[d] = before.Of(d, last.At)
	}
	for d, since := range before.Isolated {
		// One that is no more may be back before its group is forgotten.
		if _, has := own(d); has && !slices.Contains(s.Sends, d) && !s.hasHeir(d, before) {
			reach.Isolated[d] = since
			// A destination of its place that has been there beside it never becomes its heir.
			if at, known := before.Resources[d]; known && !s.leadsTo(at) {
				reach.Resources[d] = at
			}
		}
	}
	for _, d := range s.Apart {
		reach.Isolated[d] = before.Of(d, last.At)
		if stopped, of := s.inherited(d, before, own); of != "" {
			reach.Isolated[d] = stopped.At
		}
		if at, known := s.Resources[d]; known {
			reach.Resources[d] = at
		}
		delete(reach.Done, d)
	}
	at := last
	for d, owed := range s.owed(last, own) {
		reach.Done[d] = owed.stopped.At
		if owed.stopped.At < at.At {
			at.At, at.LeaderEpoch = owed.stopped.At, owed.stopped.LeaderEpoch
		}
	}
	return at, reach
}

// Asked returns the destinations whose own groups matter to partitions with these notes; true for
// those that are to be taken back.
func (s Sharing) Asked(notes map[kafka.TopicPartition]string) map[string]bool {
	asked := map[string]bool{}
	if s.none() {
		return asked
	}
	for _, note := range notes {
		reach, known := progress.Parse(note)
		for _, d := range s.Sends {
			if _, away := reach.Isolated[d]; away || !known {
				asked[d] = asked[d] || away
			}
		}
		for d := range reach.Isolated {
			if !slices.Contains(s.Apart, d) {
				asked[d] = asked[d] || false
			}
		}
		for _, d := range slices.Concat(s.Sends, s.Apart) {
			for _, before := range s.earlier(d, reach) {
				asked[before] = true
			}
		}
	}
	return asked
}

// BeginAt is begin for an offset as the client has it.
func (s Sharing) BeginAt(o kgo.Offset, note string, own func(destination string) (kadm.Offset, bool)) (kgo.Offset, progress.Progress) {
	last := o.EpochOffset()
	first, reach := s.Begin(kadm.Offset{At: last.Offset, LeaderEpoch: last.Epoch, Metadata: note}, own)
	if first.At != last.Offset {
		o = kgo.NewOffset().At(first.At).WithEpoch(first.LeaderEpoch)
	}
	return o, reach
}
