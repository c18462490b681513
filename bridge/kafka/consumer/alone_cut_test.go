package consumer

import (
	"errors"
	"testing"

	"github.com/twmb/franz-go/pkg/kmsg"

	"github.com/sluice-bridge/sluice/bridge/kafka/kafkatest"
)

// What is read alone is not taken for what follows, where a later leader has begun below it: reading goes back.
func TestReadAloneBehindACut(t *testing.T) {
	t.Parallel()
	k := kafkatest.Cluster(t, 1)
	client := kafkatest.Dial(t, k)
	kafkatest.Produce(t, client, kafkatest.Numbered("t", 0, "a", 10)...)
	m := owner(t, k)
	a := m.standIn(10)
	first, err := m.source.peekAlone(t.Context(), a, newAlone(0, false), 1<<20)
	if err != nil {
		t.Fatal(err)
	}
	if err := k.Cluster.MoveTopicPartition("t", 0, k.Cluster.LeaderFor("t", 0)); err != nil {
		t.Fatal(err)
	}
	kafkatest.Produce(t, client, kafkatest.Numbered("t", 0, "b", 5)...)
	x := newAlone(10, false)
	x.epoch = first.Epoch
	if b, err := m.source.peekAlone(t.Context(), a, x, 1<<20); err != nil || len(b.Records) == 0 || b.Epoch == x.epoch {
		t.Fatalf("%d records of epoch %d, as those before are of %d: %v", len(b.Records), b.Epoch, x.epoch, err)
	}
	k.Cluster.ControlKey(int16(kmsg.OffsetForLeaderEpoch), func(r kmsg.Request) (kmsg.Response, error, bool) {
		k.Cluster.KeepControl()
		return endsAt(r, 7, first.Epoch), nil, true
	})
	var cut *logCut
	if _, err := m.source.peekAlone(t.Context(), a, x, 1<<20); !errors.As(err, &cut) || cut.Offset != 7 || cut.Epoch != first.Epoch {
		t.Fatalf("not seen: %v", err)
	}
	m.source.readAlone(t.Context(), a, x)
	a.alone = x
	m.source.seeAlone(func(*assignment, *alone) { t.Error("another one is read") })
	if a.cut.Offset != 7 || a.alone != nil {
		t.Errorf("it is cut at %d, with %v", a.cut.Offset, a.alone)
	}
}

// Where the client was told where to go on, it asks for no end of the leader epoch before: what a later leader wrote is
// read alone, which asks.
func TestLaterLeaderWhereReadingWasMoved(t *testing.T) {
	t.Parallel()
	m := owner(t, kafkatest.Cluster(t, 1))
	for name, epoch := range map[string]int32{"the same leader": 1, "a later one": 3} {
		before := m.standIn(10) // of epoch 1
		m.source.restart(map[*assignment]beginning{before: {mark: before.part.Mark(), reach: before.part.Reach()}})
		a := m.assignment("t", 0)
		records := recordsFrom(10, 2)
		for _, r := range records {
			r.LeaderEpoch = epoch
		}
		sound := len(m.source.sound(a, records, false))
		if later := epoch > 1; later != (sound == 0) || later != errors.Is(a.doubt, errLaterLeader) || later != a.moved {
			t.Errorf("%s: %d records are taken, with the doubt %v", name, sound, a.doubt)
		}
	}
}
