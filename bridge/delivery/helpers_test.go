package delivery

import (
	"context"
	"testing"
	"testing/synctest"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/twmb/franz-go/pkg/kgo"
	"go.uber.org/zap"

	"github.com/sluice-bridge/sluice/bridge/bridgetest"
	"github.com/sluice-bridge/sluice/bridge/message"
	"github.com/sluice-bridge/sluice/bridge/offsets"
	"github.com/sluice-bridge/sluice/bridge/sink"
	"github.com/sluice-bridge/sluice/bridge/sqs"
	"github.com/sluice-bridge/sluice/quota"
	"github.com/sluice-bridge/sluice/telemetry"
)

// Allowed returns how many requests the lane may have out.
func (r *rig) allowed() int {
	r.lane.mu.Lock()
	defer r.lane.mu.Unlock()
	return r.lane.limiter.Allowed()
}

// rig is a lane with everything around it.
type rig struct {
	t       testing.TB
	far     *bridgetest.Sink
	lane    *Lane
	window  *offsets.Window
	part    *offsets.Tracker
	health  *bridgetest.Health
	writer  *bridgetest.Writer
	letters *DeadLetters
	metrics *prometheus.Registry
	observe *telemetry.Observer
	end     context.CancelFunc
	next    int64 // offset
}

const laneKey = "destination d"

func newRig(t testing.TB, far *bridgetest.Sink, change ...func(*LaneOptions)) *rig {
	if far.Limits == (sink.Limits{}) {
		far.Limits = sink.Limits{MaxMessageBytes: 1 << 20, MaxBatchBytes: 1 << 20}
	}
	r := &rig{t: t, far: far, health: &bridgetest.Health{}, writer: &bridgetest.Writer{}, metrics: prometheus.NewRegistry()}
	r.observe = telemetry.New(r.health, r.metrics, zap.NewNop())
	ctx, cancel := context.WithCancel(context.Background())
	r.end = cancel
	r.letters = NewDeadLetters(ctx, r.observe)
	r.letters.ToKafka(r.writer)
	r.window = offsets.NewWindow(1<<20, 1<<40)
	r.part = offsets.NewTracker("t", 0, offsets.NewTopicIdentity("c", "t", [16]byte{1}), r.window)
	r.lane = r.newLane(far, change...)
	return r
}

func (r *rig) newLane(far sink.Sink, change ...func(*LaneOptions)) *Lane {
	opts := LaneOptions{
		Destination: message.Destination{Name: "d", Profile: sqs.Profile},
		MaxMessages: quota.Entries, Linger: 20 * time.Millisecond, Concurrency: 4,
		Retry:          Retry{Initial: 100 * time.Millisecond, Max: 30 * time.Second},
		RequestTimeout: 10 * time.Second,
	}
	for _, f := range change {
		f(&opts)
	}
	return NewLane(opts, far, r.letters, r.observe)
}

func fifo(o *LaneOptions)    { o.Destination.FIFO = true }
func batched(o *LaneOptions) { o.Destination.FIFO, o.Batched = true, true }

func concurrent(n int) func(*LaneOptions) { return func(o *LaneOptions) { o.Concurrency = n } }

func giveUp(after time.Duration) func(*LaneOptions) {
	return func(o *LaneOptions) { o.Retry.GiveUpAfter = after }
}

// deliver registers a record for each body and gives it to the lane. A body "g:x" goes to group g.
func (r *rig) deliver(bodies ...string) { r.deliverTo(r.lane, bodies...) }

func (r *rig) deliverTo(lane *Lane, bodies ...string) {
	r.t.Helper()
	var batch []*Delivery
	for _, b := range bodies {
		batch = append(batch, r.delivery(b))
	}
	if !lane.Add(batch, time.Now()) {
		r.t.Fatalf("the lane refuses %v", bodies)
	}
}

// delivery registers a record with one delivery.
func (r *rig) delivery(body string) *Delivery {
	seq, ok := r.part.Register([]offsets.Entry{{Offset: r.next, Pending: 1, Bytes: int64(len(body))}})
	if !ok {
		r.t.Fatal("the partition is closed")
	}
	d := New()
	d.Ack, d.Origin, d.Seq = r.part, &r.part.Origin, seq
	d.Message = bridgetest.Message(body)
	d.Record = &kgo.Record{Topic: "t", Offset: r.next, Value: d.Message.Body}
	r.next++
	return d
}

// settled fails the test unless every record is settled and nothing is held any more.
func (r *rig) settled() {
	r.t.Helper()
	bridgetest.Settled(r.t, r.part, r.window, r.next)
}

// close ends everything; in a bubble a goroutine that is left fails the test.
func (r *rig) close() {
	r.lane.Close()
	r.end()
	r.letters.Wait()
}

// inBubble runs a test with a lane under virtual time.
func inBubble(t *testing.T, far *bridgetest.Sink, test func(*rig), change ...func(*LaneOptions)) {
	t.Helper()
	synctest.Test(t, func(t *testing.T) {
		r := newRig(t, far, change...)
		defer r.close()
		synctest.Wait()
		test(r)
	})
}
