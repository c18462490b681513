package bridge

import (
	"context"
	"fmt"
	"testing"
	"time"

	"github.com/twmb/franz-go/pkg/kgo"
)

// instantSink accepts at once.
type instantSink struct{}

func (instantSink) Open(context.Context) (Limits, error) {
	return Limits{MaxMessageBytes: 1 << 20, MaxBatchBytes: 1 << 20}, nil
}
func (instantSink) Send(context.Context, []*Message, []*Failure) *Failure { return nil }
func (instantSink) Close()                                                {}

// perPoll is about what one poll returns for a partition.
const perPoll = 500

// benchRecords makes the records of one poll; every tenth has a trace context.
func benchRecords() []*kgo.Record {
	all := make([]*kgo.Record, perPoll)
	for i := range all {
		all[i] = &kgo.Record{Topic: "t", Partition: 1, Offset: int64(i), Timestamp: time.Now(), Key: fmt.Appendf(nil, "key-%d", i%50),
			Value: fmt.Appendf(nil, `{"to":"a","bad":1,"id":%d,"text":"%0480d"}`, i, 0)}
		if i%10 == 0 {
			withHeaders(all[i], "traceparent", parent)
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

// sendAll leaves the rules out of what is measured.
func sendAll(b testing.TB) func(*PipelineOptions) {
	return func(o *PipelineOptions) {
		o.Rules, o.Encoder = []string{"all"}, NewEncoder(everything(b).table, o.Encoder.correlation, o.Encoder.destinations)
	}
}

// BenchmarkAccept decodes, routes, encodes and registers; a lane that is never opened takes the
// messages, and loses them with their assignment.
func BenchmarkAccept(b *testing.B) {
	for name, fifo := range map[string]bool{"standard": false, "fifo": true} {
		b.Run(name, func(b *testing.B) {
			r := newRig(b, &fakeSink{}, func(o *LaneOptions) {
				o.Destination.FIFO = fifo
				o.After = []<-chan struct{}{make(chan struct{})}
				o.MaxMessages = MaxBatch
			})
			defer r.close()
			r.lane.mu.Lock()
			r.lane.state, r.lane.limiter.limit, r.lane.running = open, 1<<30, 1<<30 // it copies nothing, and sends nothing
			r.lane.mu.Unlock()
			p := r.newPipeline(b, sendAll(b))
			records := benchRecords()
			perMessage(b, func() {
				p.Accept(r.part, records)
				r.part.Close()
				r.lane.Sweep()
				r.part = NewPartition("t", 1, r.part.Origin, r.window)
			})
		})
	}
}

// BenchmarkThrough takes records all the way: decode, route, encode, register, queue, batch, send
// to a sink that answers at once, settle.
func BenchmarkThrough(b *testing.B) {
	for name, mode := range map[string]func(*LaneOptions){"standard": func(*LaneOptions) {}, "fifo strict": fifo, "fifo batched": batched} {
		b.Run(name, func(b *testing.B) {
			r := newRig(b, &fakeSink{})
			defer r.close()
			opts := r.lane.opts
			r.lane.Close()
			mode(&opts)
			opts.Linger, opts.Concurrency = time.Millisecond, 16
			r.lane = NewLane(opts, instantSink{}, r.letters, r.health, r.metrics, r.lane.log)
			p := r.newPipeline(b, sendAll(b))
			records := benchRecords()
			perMessage(b, func() {
				p.Accept(r.part, records)
				p.Flush()
				r.part.Drain(context.Background())
			})
		})
	}
}
