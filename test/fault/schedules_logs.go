package fault

import (
	"fmt"
	"strings"

	"github.com/twmb/franz-go/pkg/kadm"

	"github.com/sluice-bridge/sluice/fake"
)

// logSchedules are about logs that lose records which a bridge has read, or has yet to read.
var logSchedules = []Schedule{
	{Name: "retention-paused", What: "Kafka deletes all that is left of partitions that are paused, as the destinations are down", play: retentionPaused},
	{Name: "log-cut", What: "unclean elections cut the tails off two logs, once while destinations are slow and once when all has arrived; other records take their place",
		Duplicates: "what settled behind what was in flight", set: func(s *settings) { s.inFlight = 2000 }, play: cutLogs},
}

// retentionPaused deletes records that a running bridge has not read, all of them: that has to be told.
func retentionPaused(w *World) error {
	down, err := w.heldUp()
	if err != nil {
		return err
	}
	ends, err := w.admin.ListEndOffsets(w.ctx, w.topic)
	if err != nil {
		return err
	}
	to := kadm.Offsets{}
	for _, p := range w.rng.Perm(partitions)[:2] {
		end, _ := ends.Lookup(w.topic, int32(p))
		to.AddOffset(w.topic, int32(p), end.Offset, -1)
	}
	if _, err := w.admin.DeleteRecords(w.ctx, to); err != nil {
		return err
	}
	to.Each(func(o kadm.Offset) { w.ledger.expire(log{w.feed.incarnation, o.Partition}, o.At) })
	down.lift()
	if err := w.progress(1000); err != nil {
		return err
	}
	return w.until("what was deleted to be told", func() bool {
		told := true
		to.Each(func(o kadm.Offset) {
			told = told && w.toldOf("records were deleted by the topic's retention before they were read", fmt.Sprintf(`"partition":"%s/%d"`, w.topic, o.Partition))
		})
		return told
	})
}

// outage has all destinations down.
type outage []*fake.Handle

// heldUp begins an outage, and waits until more has come than a bridge reads meanwhile.
func (w *World) heldUp() (outage, error) {
	var down outage
	for d := range destinations {
		down = append(down, w.inject(d, fake.Fault{Effect: fake.ServiceUnavailable()}))
	}
	w.feed.turn(true)
	return down, w.produced(3 * w.setting.inFlight)
}

func (o outage) lift() {
	for _, h := range o {
		h.Remove()
	}
}

// toldOf says whether an instance has logged a line with all of these texts.
func (w *World) toldOf(texts ...string) bool {
	for line := range strings.Lines(w.logs()) {
		all := true
		for _, text := range texts {
			all = all && strings.Contains(line, text)
		}
		if all {
			return true
		}
	}
	return false
}
