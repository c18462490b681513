package kafka

import (
	"fmt"
	"slices"

	"github.com/twmb/franz-go/pkg/kadm"
	"go.uber.org/zap"

	"github.com/sluice-bridge/sluice/bridge/offsets"
)

// readable returns an error for an offset whose note a later version has written, which wraps a
// *bridge.NewerNote: nothing may begin there.
func readable(group string, at place, note string) error {
	if err := offsets.CheckNote(note); err != nil {
		return fmt.Errorf("group %s: a newer version of Sluice has committed the offset of %s: %w; run the newer version, or set the offsets of the group anew with kafka-consumer-groups.sh --reset-offsets while no instance runs",
			group, at, err)
	}
	return nil
}

// Readable returns such an error for all that a group has committed, the first there is.
func Readable(group string, committed kadm.OffsetResponses) (err error) {
	committed.Each(func(o kadm.OffsetResponse) {
		if err == nil {
			err = readable(group, place{o.Topic, o.Partition}, o.Metadata)
		}
	})
	return err
}

// fitted returns a reach that there is room for beside an offset, and tells of what there is none for. What
// has no room are destinations that were removed while they were isolated: the configuration is refused
// where those that it isolates have none.
func (s *Source) fitted(at place, origin offsets.Origin, sharing Sharing, reach offsets.Reach) offsets.Reach {
	reach, out, room := reach.Fit(origin, func(d string) bool { return slices.Contains(sharing.Apart, d) })
	for _, d := range out {
		s.log.Error("too many isolated destinations were removed: the position of this one is forgotten",
			zap.String("destination", d), zap.Stringer("partition", at), zap.String("its_group", sharing.Group(d)))
	}
	if !room {
		s.log.Warn("too many isolated destinations lag behind to commit the position of each: a crash before they catch up repeats more",
			zap.Stringer("partition", at))
	}
	return reach
}
