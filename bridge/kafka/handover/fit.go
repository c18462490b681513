package handover

import (
	"slices"

	"go.uber.org/zap"

	"github.com/sluice-bridge/sluice/bridge/kafka"
	"github.com/sluice-bridge/sluice/bridge/offsets"
	"github.com/sluice-bridge/sluice/bridge/offsets/progress"
)

// Fit returns how far destinations are done, as far as there is room for it beside an offset of a partition, and logs what
// there is none for. What has no room are destinations that were removed while they were isolated: the configuration is
// refused where those that it isolates have none.
func (s Sharing) Fit(reach progress.Progress, at kafka.TopicPartition, origin offsets.TopicIdentity, log *zap.Logger) progress.Progress {
	reach, out, room := reach.Fit(origin.Fingerprint(), func(d string) bool { return slices.Contains(s.Apart, d) })
	for _, d := range out {
		log.Error("too many isolated destinations were removed: the position of this one is forgotten",
			zap.String("destination", d), zap.Stringer("partition", at), zap.String("its_group", s.Group(d)))
	}
	if !room {
		log.Warn("too many isolated destinations lag behind to commit the position of each: a crash before they catch up repeats more",
			zap.Stringer("partition", at))
	}
	return reach
}
