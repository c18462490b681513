package delivery_test

import (
	"context"
	"fmt"
	"testing"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/twmb/franz-go/pkg/kgo"
	"go.uber.org/zap"

	"github.com/sluice-bridge/sluice/bridge/bridgetest"
	"github.com/sluice-bridge/sluice/bridge/delivery"
	"github.com/sluice-bridge/sluice/bridge/message"
	"github.com/sluice-bridge/sluice/bridge/offsets"
	"github.com/sluice-bridge/sluice/bridge/pipeline"
	"github.com/sluice-bridge/sluice/bridge/sink"
	"github.com/sluice-bridge/sluice/bridge/sqs"
	"github.com/sluice-bridge/sluice/codec"
	"github.com/sluice-bridge/sluice/quota"
	"github.com/sluice-bridge/sluice/routing"
	"github.com/sluice-bridge/sluice/telemetry"
)

// instantSink accepts at once.
type instantSink struct{}

func (instantSink) Open(context.Context) (sink.Limits, error) {
	return sink.Limits{MaxMessageBytes: 1 << 20, MaxBatchBytes: 1 << 20}, nil
}
func (instantSink) Send(context.Context, []*message.Message, []*sink.Failure) *sink.Failure {
	return nil
}
func (instantSink) Close() {}

// perPoll is about what one poll returns for a partition.
const perPoll = 500

// benchRecords makes the records of one poll; every tenth has a trace context.
func benchRecords() []*kgo.Record {
	all := make([]*kgo.Record, perPoll)
	for i := range all {
		all[i] = &kgo.Record{Topic: "t", Partition: 1, Offset: int64(i), Timestamp: time.Now(), Key: fmt.Appendf(nil, "key-%d", i%50),
			Value: fmt.Appendf(nil, `{"to":"a","bad":1,"id":%d,"text":"%0480d"}`, i, 0)}
		if i%10 == 0 {
			bridgetest.WithHeaders(all[i], "traceparent", bridgetest.Traceparent)
		}
	}
	return all
}

// perMessage runs f, which handles the records of a poll, so that an iteration is one message.
func perMessage(b *testing.B, f func()) {
	b.ReportAllocs()
	b.ResetTimer()
	for done := 0; done < b.N; done += perPoll {
		f()
	}
}

// way is that of a record from a partition through one lane; the rules are left out of what is measured.
type way struct {
	window   *offsets.Window
	part     *offsets.Tracker
	lane     *delivery.Lane
	pipeline *pipeline.Pipeline
}

func newWay(b *testing.B, far sink.Sink, change ...func(*delivery.LaneOptions)) *way {
	b.Helper()
	table, err := routing.Compile(routing.Options{
		Rules:        []routing.Rule{{Name: "all", To: []string{"d"}, Attributes: map[string]string{"x": "value.x"}}},
		Destinations: []routing.Destination{{Name: "d"}},
	})
	if err != nil {
		b.Fatal(err)
	}
	correlation, err := routing.CompileCorrelation([]string{"x-correlation-id"}, "")
	if err != nil {
		b.Fatal(err)
	}
	decoder, err := codec.NewDecoder(codec.Options{Format: codec.FormatJSON})
	if err != nil {
		b.Fatal(err)
	}
	ctx, cancel := context.WithCancel(context.Background())
	observer := telemetry.New(&bridgetest.Health{}, prometheus.NewRegistry(), zap.NewNop())
	letters := delivery.NewDeadLetters(ctx, observer)
	letters.ToKafka(&bridgetest.Writer{})
	opts := delivery.LaneOptions{
		Destination: message.Destination{Name: "d", Profile: sqs.Profile},
		MaxMessages: quota.Entries, Linger: 20 * time.Millisecond, Concurrency: 4,
		Retry:          delivery.Retry{Initial: 100 * time.Millisecond, Max: 30 * time.Second},
		RequestTimeout: 10 * time.Second,
	}
	for _, f := range change {
		f(&opts)
	}
	w := &way{window: offsets.NewWindow(1<<20, 1<<40), lane: delivery.NewLane(opts, far, letters, observer)}
	b.Cleanup(func() {
		w.lane.Close()
		cancel()
		letters.Wait()
	})
	w.part = offsets.NewTracker("t", 1, offsets.NewTopicIdentity("c", "t", [16]byte{1}), w.window)
	w.pipeline = pipeline.New(pipeline.Options{
		Group: "g", Encoder: message.NewEncoder(table, correlation, []message.Destination{opts.Destination}),
		Lanes: []*delivery.Lane{w.lane}, Reading: func(string) pipeline.Reading { return pipeline.Reading{Decoder: decoder} }, Letters: letters, Observer: observer,
	})
	return w
}

// BenchmarkAccept decodes, routes, encodes and registers; a lane that is never opened takes the
// messages, and loses them with their assignment.
func BenchmarkAccept(b *testing.B) {
	for name, fifo := range map[string]bool{"standard": false, "fifo": true} {
		b.Run(name, func(b *testing.B) {
			w := newWay(b, instantSink{}, func(o *delivery.LaneOptions) {
				o.Destination.FIFO = fifo
				o.After = []<-chan struct{}{make(chan struct{})}
			})
			w.lane.HoldOpen()
			records := benchRecords()
			perMessage(b, func() {
				w.pipeline.Accept(w.part, records)
				w.part.Close()
				w.lane.Sweep()
				w.part = offsets.NewTracker("t", 1, w.part.Origin, w.window)
			})
		})
	}
}

// BenchmarkThrough takes records all the way: decode, route, encode, register, queue, batch, send
// to a sink that answers at once, settle.
func BenchmarkThrough(b *testing.B) {
	for name, mode := range map[string]func(*delivery.LaneOptions){
		"standard":     func(*delivery.LaneOptions) {},
		"fifo strict":  func(o *delivery.LaneOptions) { o.Destination.FIFO = true },
		"fifo batched": func(o *delivery.LaneOptions) { o.Destination.FIFO, o.Batched = true, true },
	} {
		b.Run(name, func(b *testing.B) {
			w := newWay(b, instantSink{}, mode, func(o *delivery.LaneOptions) { o.Linger, o.Concurrency = time.Millisecond, 16 })
			records := benchRecords()
			perMessage(b, func() {
				w.pipeline.Accept(w.part, records)
				w.pipeline.Flush()
				w.part.Drain(context.Background())
			})
		})
	}
}
