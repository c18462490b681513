package consumer

import (
	"testing"

	"github.com/sluice-bridge/sluice/bridge/kafka/kafkatest"
	"github.com/sluice-bridge/sluice/bridge/offsets"
)

// Records that wait for a destination which is no more are read again, as often as it takes.
func TestRecordsOfARemovedDestinationAreReadAgain(t *testing.T) {
	t.Parallel()
	k := kafkatest.Cluster(t, 1)
	m := join(t, k)
	kafkatest.Await(t, "an owner", func() bool { return m.owned() == 1 })
	m.slow.holds(func(string) bool { return true })
	kafkatest.Produce(t, kafkatest.Dial(t, k), append(kafkatest.Numbered("t", 0, "fast", 5), kafkatest.Numbered("t", 0, "slow", 5)...)...)
	commits(t, k, "t", 0, 5)
	for range 2 {
		old := m.assignment("t", 0).part
		kafkatest.Await(t, "records that wait", func() bool { n, _ := old.Held(); return n == 5 })
		m.source.Rewind([]offsets.Ack{old})
		if !old.Closed() || m.assignment("t", 0).part == old {
			t.Fatal("the same assignment goes on")
		}
	}
	kafkatest.Await(t, "records that wait", func() bool { n, _ := m.window.Held(); return n == 5 })
	m.slow.holds(nil)
	commits(t, k, "t", 0, 10)
	if n := m.sink.count(); n != 5 {
		t.Errorf("%d arrived where nothing was stuck", n)
	}
}

// A partition that is not this member's any more is left alone.
func TestLostPartitionIsNotReadAgain(t *testing.T) {
	t.Parallel()
	k := kafkatest.Cluster(t, 1)
	m := join(t, k)
	kafkatest.Await(t, "an owner", func() bool { return m.owned() == 1 })
	now := m.assignment("t", 0).part
	m.source.Rewind([]offsets.Ack{offsets.NewTracker("t", 0, now.Origin, m.window)})
	if m.assignment("t", 0).part != now {
		t.Error("another assignment was ended")
	}
}
