package bridge

import (
	"context"
	"testing"
	"testing/synctest"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/twmb/franz-go/pkg/kgo"
	"go.uber.org/zap"
)

// testbed is a lane with everything around it.
type testbed struct {
	t       testing.TB
	far    *fakeSink
	lane    *Lane
	window  *Window
	part    *Partition
	health  *fakeHealth
	writer  *fakeWriter
	letters *DeadLetters
	metrics *Metrics
	end     context.CancelFunc
	next    int64 // offset
}

func newTestbed(t testing.TB, far *fakeSink, change ...func(*LaneOptions)) *testbed {
	if far.limits == (Limits{}) {
		far.limits = Limits{MaxMessageBytes: 1 << 20, MaxBatchBytes: 1 << 20}
	}
	r := &testbed{t: t, far: far, health: &fakeHealth{}, writer: &fakeWriter{}, metrics: NewMetrics(prometheus.NewRegistry())}
	ctx, cancel := context.WithCancel(context.Background())
	r.end = cancel
	r.letters = NewDeadLetters(ctx, r.health, r.metrics)
	r.letters.ToKafka(r.writer)
	r.window = NewWindow(1<<20, 1<<40)
	r.part = NewPartition("t", 0, NewOrigin("c", "t", [16]byte{1}), r.window)
	r.lane = r.newLane(far, change...)
	return r
}

func (r *testbed) newLane(far Sink, change ...func(*LaneOptions)) *Lane {
	opts := LaneOptions{
		Destination: Destination{Name: "d", Service: "sqs"},
		MaxMessages: MaxBatch, Linger: 20 * time.Millisecond, Concurrency: 4,
		Retry:          Retry{Initial: 100 * time.Millisecond, Max: 30 * time.Second},
		RequestTimeout: 10 * time.Second,
	}
	for _, f := range change {
		f(&opts)
	}
	return NewLane(opts, far, r.letters, r.health, r.metrics, zap.NewNop())
}

// delivery registers a record with one delivery.
func (r *testbed) delivery(body string) *delivery {
	seq, ok := r.part.register([]settling{{offset: r.next, pending: 1, bytes: int64(len(body))}})
	if !ok {
		r.t.Fatal("the partition is closed")
	}
	d := newDelivery()
	d.part, d.seq = r.part, seq
	d.record = &kgo.Record{Topic: "t", Offset: r.next, Value: []byte(body)}
	d.message = Message{Body: d.record.Value, Size: len(body), CorrelationID: "c-" + body}
	for i := range body {
		if body[i] == ':' {
			d.message.GroupID, d.message.DeduplicationID = body[:i], body
		}
	}
	r.next++
	return d
}

// settled fails the test unless every record is settled and nothing is held any more.
func (r *testbed) settled() {
	r.t.Helper()
	records, bytes := r.window.Held()
	if r.part.Mark().Offset != r.next || records != 0 || bytes != 0 {
		r.t.Errorf("settled up to %d of %d; the window holds %d records, %d bytes", r.part.Mark().Offset, r.next, records, bytes)
	}
}

// close ends everything; in a bubble a goroutine that is left fails the test.
func (r *testbed) close() {
	r.lane.Close()
	r.end()
	r.letters.Wait()
}

// inTestbed runs a test with a lane under virtual time.
func inTestbed(t *testing.T, far *fakeSink, test func(*testbed), change ...func(*LaneOptions)) {
	t.Helper()
	synctest.Test(t, func(t *testing.T) {
		r := newTestbed(t, far, change...)
		defer r.close()
		synctest.Wait()
		test(r)
	})
}
