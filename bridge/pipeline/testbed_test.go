package pipeline

import (
	"context"
	"testing"
	"testing/synctest"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/twmb/franz-go/pkg/kgo"
	"go.uber.org/zap"

	"github.com/sluice-bridge/sluice/bridge/bridgetest"
	"github.com/sluice-bridge/sluice/bridge/delivery"
	"github.com/sluice-bridge/sluice/bridge/message"
	"github.com/sluice-bridge/sluice/bridge/offsets"
	"github.com/sluice-bridge/sluice/bridge/sink"
	"github.com/sluice-bridge/sluice/bridge/sqs"
	"github.com/sluice-bridge/sluice/quota"
	"github.com/sluice-bridge/sluice/telemetry"
)

// testbed is a lane with everything around it.
type testbed struct {
	t       testing.TB
	far     *bridgetest.Sink
	lane    *delivery.Lane
	window  *offsets.Window
	part    *offsets.Tracker
	health  *bridgetest.Health
	writer  *bridgetest.Writer
	letters *delivery.DeadLetters
	metrics *prometheus.Registry
	observe *telemetry.Observer
	end     context.CancelFunc
	next    int64 // offset
}

func newTestbed(t testing.TB, far *bridgetest.Sink, change ...func(*delivery.LaneOptions)) *testbed {
	if far.Limits == (sink.Limits{}) {
		far.Limits = sink.Limits{MaxMessageBytes: 1 << 20, MaxBatchBytes: 1 << 20}
	}
	r := &testbed{t: t, far: far, health: &bridgetest.Health{}, writer: &bridgetest.Writer{}, metrics: prometheus.NewRegistry()}
	r.observe = telemetry.New(r.health, r.metrics, zap.NewNop())
	ctx, cancel := context.WithCancel(context.Background())
	r.end = cancel
	r.letters = delivery.NewDeadLetters(ctx, r.observe)
	r.letters.ToKafka(r.writer)
	r.window = offsets.NewWindow(1<<20, 1<<40)
	r.part = offsets.NewTracker("t", 0, offsets.NewTopicIdentity("c", "t", [16]byte{1}), r.window)
	r.lane = r.newLane(far, change...)
	return r
}

func (r *testbed) newLane(far sink.Sink, change ...func(*delivery.LaneOptions)) *delivery.Lane {
	opts := delivery.LaneOptions{
		Destination: message.Destination{Name: "d", Profile: sqs.Profile},
		MaxMessages: quota.Entries, Linger: 20 * time.Millisecond, Concurrency: 4,
		Retry:          delivery.Retry{Initial: 100 * time.Millisecond, Max: 30 * time.Second},
		RequestTimeout: 10 * time.Second,
	}
	for _, f := range change {
		f(&opts)
	}
	return delivery.NewLane(opts, far, r.letters, r.observe)
}

// delivery registers a record with one delivery.
func (r *testbed) delivery(body string) *delivery.Delivery {
	seq, ok := r.part.Register([]offsets.Entry{{Offset: r.next, Pending: 1, Bytes: int64(len(body))}})
	if !ok {
		r.t.Fatal("the partition is closed")
	}
	d := delivery.New()
	d.Ack, d.Origin, d.Seq = r.part, &r.part.Origin, seq
	d.Message = bridgetest.Message(body)
	d.Record = &kgo.Record{Topic: "t", Offset: r.next, Value: d.Message.Body}
	r.next++
	return d
}

// settled fails the test unless every record is settled and nothing is held any more.
func (r *testbed) settled() {
	r.t.Helper()
	bridgetest.Settled(r.t, r.part, r.window, r.next)
}

// close ends everything; in a bubble a goroutine that is left fails the test.
func (r *testbed) close() {
	r.lane.Close()
	r.end()
	r.letters.Wait()
}

// inTestbed runs a test with a lane under virtual time.
func inTestbed(t *testing.T, far *bridgetest.Sink, test func(*testbed), change ...func(*delivery.LaneOptions)) {
	t.Helper()
	synctest.Test(t, func(t *testing.T) {
		r := newTestbed(t, far, change...)
		defer r.close()
		synctest.Wait()
		test(r)
	})
}
