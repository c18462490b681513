package consumer

import (
	"context"
	"testing"

	"github.com/sluice-bridge/sluice/bridge/kafka/kafkatest"
)

// A drain ends when its partition is closed meanwhile: nothing of it moves any more.
func TestDrainOfClosedPartition(t *testing.T) {
	t.Parallel()
	k := kafkatest.Cluster(t, 1)
	m := join(t, k)
	m.sink.holds(func(string) bool { return true })
	kafkatest.Produce(t, kafkatest.Dial(t, k), kafkatest.Numbered("t", 0, "a", 5)...)
	kafkatest.Await(t, "records in flight", func() bool { n, _ := m.window.Held(); return n == 5 })
	part := m.assignment("t", 0).part
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	drained := make(chan struct{})
	go func() {
		defer close(drained)
		m.source.drain(ctx, part)
	}()
	part.Close()
	kafkatest.Await(t, "the drain to end", func() bool {
		select {
		case <-drained:
			return true
		default:
			return false
		}
	})
}
