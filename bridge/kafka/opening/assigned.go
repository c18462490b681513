package opening

import (
	"github.com/twmb/franz-go/pkg/kadm"
	"github.com/twmb/franz-go/pkg/kgo"

	"github.com/sluice-bridge/sluice/bridge/kafka"
	"github.com/sluice-bridge/sluice/bridge/kafka/handover"
	"github.com/sluice-bridge/sluice/bridge/offsets"
	"github.com/sluice-bridge/sluice/bridge/offsets/progress"
)

// Assigned says where partitions begin as they are assigned.
type Assigned struct {
	Starts  kadm.Offsets // where an Opening has partitions begin that the group has no offset of
	Bounds  Bounds
	Sharing handover.Sharing
	Own     handover.OwnOffsets // of the destinations that Sharing asks for
	Lost    Lost
	New     Newcomers // that have begun
}

// Committed is what the group says of a partition.
type Committed struct {
	Offset kgo.Offset             // a negative one, the client's start offset, where the group has none
	Note   string                 // that stands with it
	Origin *offsets.TopicIdentity // of the topic; nil where that is not known
	Remade bool                   // what is committed is of an earlier topic of the name
}

// Beginning is where a partition begins.
type Beginning struct {
	Offset kgo.Offset
	Reach  progress.Progress // how far its destinations are done
	// Opened says that an Opening has said so.
	Opened bool
	// Expired is where the log begins, where records between Offset and that were deleted that nobody has read; else 0.
	Expired int64
	// Above says that what is committed is above the end of the log, at End, with no epoch to tell why.
	Above bool
	End   int64
}

// Begin returns where a partition begins: where the group says, or where the destinations stopped that the shared group
// takes back; or beyond that, where it was settled before it was lost.
func (a *Assigned) Begin(at kafka.TopicPartition, c Committed) (b Beginning) {
	var origin offsets.TopicIdentity
	if c.Origin != nil {
		origin = *c.Origin
	}
	mark, lost := a.Lost.Mark(at, origin)
	lost = lost && c.Origin != nil
	settled := kgo.NewOffset().At(mark.Offset).WithEpoch(mark.Epoch)
	begin, known := c.Offset, false
	b.End, b.Above = a.Bounds.EndBelow(at, c.Offset.EpochOffset())
	switch {
	case c.Offset.EpochOffset().Offset < 0:
		if begin, b.Opened = a.New.Begin(a.Starts, a.Bounds, at, c.Origin); lost {
			begin, known = settled, true
		}
	case c.Remade:
		begin, b.Above = a.Bounds.Start(at), false
	case b.Above:
		// What was noted with it is no truer.
		begin, c.Note = a.Bounds.Start(at), ""
	default:
		known = true
	}
	b.Offset, b.Reach = a.Sharing.BeginAt(begin, c.Note, a.Own.Of(at, origin))
	if lost && mark.Offset > b.Offset.EpochOffset().Offset {
		b.Offset = settled
	}
	if first, ok := a.Bounds.First(at); ok && known && first > b.Offset.EpochOffset().Offset {
		b.Expired = first
	}
	return b
}
