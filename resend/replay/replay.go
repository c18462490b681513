package replay

import (
	"context"
	"maps"
	"sync/atomic"

	"github.com/twmb/franz-go/pkg/kgo"

	"github.com/sluice-bridge/sluice/bridge/kafka/reader"
	"github.com/sluice-bridge/sluice/bridge/message"
	"github.com/sluice-bridge/sluice/bridge/offsets"
	"github.com/sluice-bridge/sluice/bridge/offsets/progress"
	"github.com/sluice-bridge/sluice/bridge/pipeline"
	"github.com/sluice-bridge/sluice/resend"
	"github.com/sluice-bridge/sluice/routing"
	"github.com/sluice-bridge/sluice/telemetry"
)

// Span is what is read of one topic.
type Span struct {
	Topic  string
	Reader *reader.Reader
	Ranges []reader.Range
}

// Offsets is how many there are to read; as many records at the most.
func (s Span) Offsets() int64 { return resend.OffsetsIn(s.Ranges) }

// Filter says which records, and which of the messages that the rules make of them, are meant.
type Filter struct {
	// Period is of the timestamps of records.
	resend.Period
	// Rules and Destinations are names; all where there is none.
	Rules, Destinations []string
}

// wants says whether a message is meant: to a destination, by the rule that named it.
func (f Filter) wants(destination, rule string) bool {
	return resend.In(f.Destinations, destination) && resend.In(f.Rules, rule)
}

// Replay sends records again that Kafka still has. It reads outside of consumer groups, so that
// nothing moves any offset.
type Replay struct {
	plan *Plan
	flow *resend.Flow
	// parts are made before the start, and not changed: progress is asked for at any time.
	parts      []*part
	unroutable map[message.Reason]int64
	records    int64
}

// part is what is read of a partition.
type part struct {
	*offsets.Tracker
	topic string
	reader.Range
	whole atomic.Bool // everything was handed over
}

// newReplay prepares what a plan says.
func newReplay(plan *Plan, flow *resend.Flow) *Replay {
	r := &Replay{plan: plan, flow: flow, unroutable: map[message.Reason]int64{}}
	for _, s := range plan.Spans {
		for _, at := range s.Ranges {
			p := offsets.NewTracker(s.Topic, at.Partition, s.Reader.Origin(), flow.Sender.Window())
			p.Begin(offsets.Position{Offset: at.First, Epoch: -1}, progress.Progress{})
			r.parts = append(r.parts, &part{Tracker: p, topic: s.Topic, Range: at})
		}
	}
	return r
}

// Close closes the sender.
func (r *Replay) Close() { r.flow.Sender.Close() }

// Result is what came of a replay.
type Result struct {
	ID string `json:"id"`
	// Records were read that the filter's times let through.
	Records int64 `json:"records"`
	// Unroutable are records that no destination gets, by why; they are not made dead letters again.
	Unroutable map[message.Reason]int64 `json:"without_destination"`
	telemetry.Totals
	// Left is what is still to be sent; empty after a whole replay.
	Left []Left `json:"left"`
}

// Left is a range that was not sent to its end.
type Left struct {
	Topic     string `json:"topic"`
	Partition int32  `json:"partition"`
	First     int64  `json:"first"`
	Last      int64  `json:"last"`
}

// Run sends until everything is acknowledged, stop ends, or it cannot go on, which is an error.
// Then what is in flight is drained, unless abort ends. It is called once.
func (r *Replay) Run(stop, abort context.Context) (Result, error) {
	ctx, cancel := context.WithCancelCause(stop)
	defer cancel(nil)
	go r.flow.Watch(ctx, cancel)
	table := r.flow.Sender.Table()
	pipeline := r.flow.Sender.Pipeline(func(o *pipeline.Options) {
		o.Resend = message.Replay(r.plan.ID)
		o.Only = r.flow.Counting(func(t routing.Target) bool {
			rule := ""
			if t.Rule >= 0 {
				rule = table.RuleName(t.Rule)
			}
			return r.plan.Filter.wants(table.DestinationName(t.Destination), rule)
		})
		// It was a dead letter the first time, if that is its way.
		o.Unroutable = func(why message.Reason) { r.unroutable[why]++ }
	})
	err := r.feed(ctx, pipeline)
	pipeline.Flush()
	err = r.flow.Finish(ctx, abort, err, r.settle)
	result := Result{ID: r.plan.ID, Records: r.records, Unroutable: maps.Clone(r.unroutable), Left: r.left()}
	for _, p := range r.parts {
		p.Close()
	}
	pipeline.Sweep()
	result.Totals = r.flow.Sender.Totals()
	switch {
	case stop.Err() != nil && len(result.Left) == 0:
		return result, nil
	case stop.Err() != nil:
		return result, resend.ErrStopped
	}
	return result, err
}

// feed reads everything and hands it over.
func (r *Replay) feed(ctx context.Context, pipeline *pipeline.Pipeline) error {
	parts := r.parts
	for _, span := range r.plan.Spans {
		mine := parts[:len(span.Ranges)]
		parts = parts[len(span.Ranges):]
		byID := map[int32]*part{}
		for _, p := range mine {
			byID[p.Tracker.ID] = p
		}
		ask := func(record *kgo.Record) {
			if r.plan.Filter.Has(record.Timestamp) {
				pipeline.Ahead(record)
			}
		}
		for record, err := range resend.LookAhead(span.Reader.Read(ctx, span.Ranges), ask) {
			if err != nil {
				return err
			}
			if err := r.take(ctx, pipeline, byID[record.Partition], record); err != nil {
				return err
			}
		}
		for _, p := range mine {
			p.whole.Store(true)
		}
	}
	return nil
}

func (r *Replay) take(ctx context.Context, pipeline *pipeline.Pipeline, p *part, record *kgo.Record) error {
	if !r.plan.Filter.Has(record.Timestamp) {
		return context.Cause(ctx)
	}
	taken, err := r.flow.Send(ctx, pipeline, func() bool {
		n, _ := pipeline.Accept(p.Tracker, []*kgo.Record{record})
		return n > 0
	})
	if taken {
		r.records++
	}
	return err
}

// settle waits until nothing is in flight.
func (r *Replay) settle(ctx context.Context) error {
	for _, p := range r.parts {
		if !p.Drain(ctx) {
			return context.Cause(ctx)
		}
	}
	return nil
}

// left returns what a next run has to begin with.
func (r *Replay) left() []Left {
	all := []Left{}
	for _, p := range r.parts {
		held, _ := p.Held()
		if next := p.Committable().Offset; next < p.End && (!p.whole.Load() || held > 0) {
			all = append(all, Left{p.topic, p.Tracker.ID, next, p.End - 1})
		}
	}
	return all
}

// Progress returns how many offsets are done, of how many. It may be called at any time.
func (r *Replay) Progress() (done, all int64) {
	for _, p := range r.parts {
		all += p.End - p.First
		held, _ := p.Held()
		if p.whole.Load() && held == 0 {
			done += p.End - p.First
		} else {
			done += p.Committable().Offset - p.First
		}
	}
	return done, all
}
