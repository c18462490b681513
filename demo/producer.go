package demo

import (
	"context"
	"fmt"
	"sync"
	"sync/atomic"
	"time"

	"github.com/twmb/franz-go/pkg/kgo"
)

// producer writes the stream to Kafka at a rate. It chooses the partitions, and nobody else writes
// to them, so it knows each record's offset beforehand.
type producer struct {
	client *kgo.Client
	check  *Check
	stream *Stream
	due    func(*Event, *kgo.Record) Due
	rate   float64 // events a second; 0 as fast as the bridge takes them

	next     map[partition]int64
	produced atomic.Int64
	failure  sync.Once
	failed   chan error // capacity 1
}

const (
	// mostWaiting bounds what is remembered, and what is in Kafka, when the bridge is slower.
	mostWaiting = 50_000
	pause       = 5 * time.Millisecond
)

// run produces until ctx ends.
func (p *producer) run(ctx context.Context) {
	tick := time.NewTicker(pause)
	defer tick.Stop()
	due, last := 0.0, time.Now()
	for {
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
		}
		now := time.Now()
		due = min(due+p.rate*now.Sub(last).Seconds(), max(p.rate, 1)) // at most a second is made up for
		last = now
		if p.rate == 0 {
			due = mostWaiting
		}
		for ; due >= 1 && ctx.Err() == nil && p.check.Waiting() < mostWaiting; due-- {
			p.produce(p.stream.Next())
		}
	}
}

func (p *producer) produce(e Event) {
	at := partition{e.Topic, partitionOf(e.Topic, e.Key)}
	if e.Key == nil { // in turn, as it would be without a key
		at.id = int32(p.produced.Load() % int64(topics[e.Topic])) //nolint:gosec // a few partitions
	}
	offset := p.next[at]
	p.next[at]++
	r := &kgo.Record{Topic: e.Topic, Partition: at.id, Offset: offset, Key: e.Key, Value: e.Value, Headers: e.Headers, Timestamp: time.Now()}
	p.check.Expect(Position{e.Topic, at.id, offset}, p.due(&e, r), ContentOf(e.Value))
	p.produced.Add(1)
	// Not the producer's context: what is expected has to be written.
	p.client.Produce(context.Background(), r, func(r *kgo.Record, err error) {
		if err == nil && r.Offset != offset {
			err = fmt.Errorf("offset %d instead of %d", r.Offset, offset)
		}
		if err != nil {
			p.failure.Do(func() { p.failed <- fmt.Errorf("producing to %s/%d: %w", at.topic, at.id, err) })
		}
	})
}
