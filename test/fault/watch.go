package fault

import (
	"context"
	"errors"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"github.com/twmb/franz-go/pkg/kadm"
	"github.com/twmb/franz-go/pkg/kerr"
	"github.com/twmb/franz-go/pkg/kgo"
)

// watch looks at what the group commits, and reads the dead letters, all the time.
type watch struct {
	w      *World
	reader *kgo.Client
	client *kgo.Client
	admin  *kadm.Client
	cancel context.CancelFunc
	out    sync.WaitGroup
	// batches counts the dead letters that stand for a batch.
	batches atomic.Int64

	mu          sync.Mutex
	incarnation int             // of the topic
	committed   map[int32]int64 // by partition, as last seen
}

// watchEvery is how often the committed offsets are looked at.
const watchEvery = 50 * time.Millisecond

func newWatch(w *World) (*watch, error) {
	o := &watch{w: w, committed: map[int32]int64{}}
	var err error
	if o.reader, err = kgo.NewClient(kgo.SeedBrokers(w.kafka.Addr), kgo.ConsumeTopics(w.letters()),
		kgo.ConsumeStartOffset(kgo.NewOffset().AtStart()), kgo.FetchMaxWait(100*time.Millisecond)); err != nil {
		return nil, err
	}
	if o.client, err = kgo.NewClient(kgo.SeedBrokers(w.kafka.Addr)); err != nil {
		o.reader.Close()
		return nil, err
	}
	o.admin = kadm.NewClient(o.client)
	ctx, cancel := context.WithCancel(w.ctx)
	o.cancel = cancel
	o.out.Go(func() { o.readLetters(ctx) })
	o.out.Go(func() { o.lookAtOffsets(ctx) })
	return o, nil
}

func (o *watch) readLetters(ctx context.Context) {
	for ctx.Err() == nil {
		o.reader.PollFetches(ctx).EachRecord(func(r *kgo.Record) {
			if o.w.side != nil && o.w.side.buried(r) {
				return
			}
			why := ""
			for _, h := range r.Headers {
				if h.Key == "sluice-next-offset" {
					o.batches.Add(1) // it holds no event
					return
				}
				if h.Key == "sluice-reason" || h.Key == "sluice-error" {
					why += string(h.Value) + " "
				}
			}
			o.w.ledger.buried(r.Value, r.Timestamp, why)
		})
	}
}

func (o *watch) lookAtOffsets(ctx context.Context) {
	tick := time.NewTicker(watchEvery)
	defer tick.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
			o.look(ctx)
		}
	}
}

// look notes the current offsets. A broker that is away has none to tell.
func (o *watch) look(ctx context.Context) {
	o.mu.Lock()
	defer o.mu.Unlock()
	ask, cancel := context.WithTimeout(ctx, 2*time.Second)
	defer cancel()
	offsets, err := o.admin.FetchOffsets(ask, o.w.group)
	now := time.Now()
	if err != nil && !errors.Is(err, kerr.GroupIDNotFound) {
		return
	}
	offsets.Each(func(r kadm.OffsetResponse) {
		if r.Topic != o.w.topic || r.At < 0 || r.Err != nil {
			return
		}
		of := slices.IndexFunc(o.w.marks, func(mark string) bool { return strings.HasPrefix(r.Metadata, mark) })
		if of == o.incarnation && o.committed[r.Partition] != r.At {
			o.committed[r.Partition] = r.At
		}
		o.w.ledger.committed(log{of, r.Partition}, r.At, now)
	})
}

// everything says whether the group has committed the ends of all partitions.
func (o *watch) everything() bool {
	ctx, cancel := context.WithTimeout(o.w.ctx, 5*time.Second)
	defer cancel()
	ends, err := o.admin.ListEndOffsets(ctx, o.w.topic)
	if err != nil || ends.Error() != nil {
		return false
	}
	o.look(ctx)
	o.mu.Lock()
	defer o.mu.Unlock()
	all := true
	ends.Each(func(e kadm.ListedOffset) {
		if e.Offset > 0 && o.committed[e.Partition] != e.Offset {
			all = false
		}
	})
	return all
}

// at returns the offset that is committed for a partition.
func (o *watch) at(partition int32) int64 {
	o.mu.Lock()
	defer o.mu.Unlock()
	return o.committed[partition]
}

// replaced says that the topic is another one from now on; change is what makes it so.
func (o *watch) replaced(change func() error) error {
	o.mu.Lock()
	defer o.mu.Unlock()
	if err := change(); err != nil {
		return err
	}
	o.incarnation++
	clear(o.committed)
	return nil
}

// reset looks away while somebody else commits for partitions, and takes what is committed after that
// for their beginning.
func (o *watch) reset(of kadm.Offsets, change func() error) error {
	o.mu.Lock()
	defer o.mu.Unlock()
	if err := change(); err != nil {
		return err
	}
	of.Each(func(r kadm.Offset) {
		delete(o.committed, r.Partition)
		o.w.ledger.forget(log{o.incarnation, r.Partition})
	})
	return nil
}

func (o *watch) stop() {
	o.cancel()
	o.out.Wait()
	o.reader.Close()
	o.client.Close()
}
