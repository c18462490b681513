package consumer

import (
	"errors"
	"testing"

	"github.com/twmb/franz-go/pkg/kgo"

	"github.com/sluice-bridge/sluice/bridge/kafka/kafkatest"
	"github.com/sluice-bridge/sluice/bridge/kafka/reader"
	"github.com/sluice-bridge/sluice/bridge/kafka/single"
	"github.com/sluice-bridge/sluice/bridge/kafka/trail"
)

// What is read alone is not taken for what follows, where a later leader has begun below it: reading goes back.
func TestReadAloneBehindACut(t *testing.T) {
	t.Parallel()
	m, a := readingAlone(t, false)
	a.alone.Deliver(single.Finding{Batch: reader.Batch{Next: 10}, Cut: &single.Cut{Offset: 7, Epoch: 1}})
	m.source.seeAlone(func(*assignment, *alone) { t.Error("another one is read") })
	if a.Cut().Offset != 7 || a.alone != nil {
		t.Errorf("it is cut at %d, with %v", a.Cut().Offset, a.alone)
	}
}

// Where the client was told where to go on, it asks for no end of the leader epoch before: what a later leader wrote is
// read alone, which asks.
func TestLaterLeaderWhereReadingWasMoved(t *testing.T) {
	t.Parallel()
	m := owner(t, kafkatest.Cluster(t, 1))
	for name, epoch := range map[string]int32{"the same leader": 1, "a later one": 3} {
		before := m.standIn(10) // of epoch 1
		m.source.restart(map[*assignment]beginning{before: {mark: before.part.Committable(), reach: before.part.Progress()}})
		a := m.assignment("t", 0)
		records := recordsFrom(10, 2)
		for _, r := range records {
			r.LeaderEpoch = epoch
		}
		taken := len(m.source.following(a, &kgo.FetchPartition{Records: records}))
		if later := epoch > 1; later != (taken == 0) || later != errors.Is(a.doubt, trail.ErrLaterLeader) {
			t.Errorf("%s: %d records are taken, with the doubt %v", name, taken, a.doubt)
		}
	}
}
