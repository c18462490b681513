package fault

import (
	"context"
	"fmt"
	"sync"
	"time"

	"github.com/twmb/franz-go/pkg/kgo"
)

// feed produces events, so many a second, while it is on.
type feed struct {
	w      *World
	cancel context.CancelFunc
	done   chan struct{}

	mu          sync.Mutex
	client      *kgo.Client
	on          bool
	partitions  int
	incarnation int           // of the topic
	most        int           // events
	age         time.Duration // of which the stamps of the events are
	pending     int           // events that Kafka has not acknowledged
	failed      error
}

const (
	// perSecond leaves two cores room for Kafka, the bridge under the race detector, and the check.
	perSecond = 1500
	feedEvery = 10 * time.Millisecond
	// mostEvents bounds a schedule that does not end.
	mostEvents = 200_000
)

func newFeed(w *World) *feed {
	ctx, cancel := context.WithCancel(w.ctx)
	f := &feed{w: w, cancel: cancel, done: make(chan struct{}), client: w.client, partitions: partitions, most: mostEvents}
	go f.run(ctx)
	return f
}

// run ends with stop.
func (f *feed) run(ctx context.Context) {
	defer close(f.done)
	tick := time.NewTicker(feedEvery)
	defer tick.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
			f.some(perSecond / int(time.Second/feedEvery))
		}
	}
}

func (f *feed) some(n int) {
	f.mu.Lock()
	defer f.mu.Unlock()
	for range n {
		id, _ := f.w.ledger.state()
		if !f.on || id >= f.most || f.pending > 5000 {
			return
		}
		e, value := makeEvent(f.w.events, id, f.partitions)
		e.topic = f.incarnation
		f.w.ledger.add(e)
		f.pending++
		r := &kgo.Record{Topic: f.w.topic, Partition: e.partition, Key: []byte(e.group), Value: value,
			Timestamp: time.Now().Add(-f.age), Headers: []kgo.RecordHeader{{Key: "kind", Value: []byte(e.kind.name)}}}
		f.client.Produce(f.w.ctx, r, func(r *kgo.Record, err error) { f.produced(id, r, err) })
	}
}

func (f *feed) produced(id int, r *kgo.Record, err error) {
	if err == nil {
		f.w.ledger.produced(id, r.Offset)
	}
	f.mu.Lock()
	defer f.mu.Unlock()
	f.pending--
	if err != nil && f.failed == nil {
		f.failed = fmt.Errorf("producing: %w", err)
	}
}

// turn has the feed run, or stand still.
func (f *feed) turn(on bool) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.on = on
}

func (f *feed) change(c func()) {
	f.mu.Lock()
	defer f.mu.Unlock()
	c()
}

// acknowledged says whether Kafka has everything.
func (f *feed) acknowledged() bool {
	f.mu.Lock()
	defer f.mu.Unlock()
	return f.pending == 0
}

func (f *feed) err() error {
	f.mu.Lock()
	defer f.mu.Unlock()
	return f.failed
}

func (f *feed) stop() {
	f.cancel()
	<-f.done
}
