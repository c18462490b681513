package kafka

import (
	"context"
	"errors"
	"fmt"
	"iter"
	"maps"
	"slices"
	"time"

	"github.com/twmb/franz-go/pkg/kgo"
)

// ErrNoRecord marks an offset at which there is no record.
var ErrNoRecord = errors.New("there is no record")

// At reads one record. The error wraps ErrNoRecord where there is none at that offset.
func (p *Peek) At(ctx context.Context, partition int32, offset int64) (*kgo.Record, error) {
	b, ok := p.bounds[partition]
	switch at := fmt.Sprintf("%s/%d", p.opts.Topic, partition); {
	case !ok:
		return nil, fmt.Errorf("%w in %s: the topic has %d partitions, from 0", ErrNoRecord, at, len(p.bounds))
	case b.first == b.end:
		return nil, fmt.Errorf("%w at %s/%d: the partition is empty", ErrNoRecord, at, offset)
	case offset < b.first || offset >= b.end:
		return nil, fmt.Errorf("%w at %s/%d: the partition can be read from %d to %d", ErrNoRecord, at, offset, b.first, b.end-1)
	}
	r := &reading{partition: partition, next: offset, end: b.end}
	if err := p.fill(ctx, []*reading{r}); err != nil {
		return nil, err
	}
	if len(r.records) > 0 && r.records[0].Offset == offset {
		return r.records[0], nil
	}
	const why = "compaction or a transaction left a gap"
	if len(r.records) == 0 {
		return nil, fmt.Errorf("%w at %s/%d/%d, nor behind it: %s", ErrNoRecord, p.opts.Topic, partition, offset, why)
	}
	return nil, fmt.Errorf("%w at %s/%d/%d: %s; the next is %d", ErrNoRecord, p.opts.Topic, partition, offset, why, r.records[0].Offset)
}

// Since reads the records of a time or later, merged by timestamp; those of a partition stay in
// their order. Before it waits for more it calls idle.
func (p *Peek) Since(ctx context.Context, at time.Time, idle func() error) iter.Seq2[*kgo.Record, error] {
	return func(yield func(*kgo.Record, error) bool) {
		all, err := p.since(ctx, at)
		if err != nil {
			yield(nil, err)
			return
		}
		for {
			if slices.ContainsFunc(all, (*reading).wants) {
				if err := errors.Join(idle(), p.fill(ctx, all)); err != nil {
					yield(nil, err)
					return
				}
			}
			all = slices.DeleteFunc(all, func(r *reading) bool { return len(r.records) == 0 })
			if len(all) == 0 {
				return
			}
			r := slices.MinFunc(all, func(a, b *reading) int { return a.records[0].Timestamp.Compare(b.records[0].Timestamp) })
			record := r.records[0]
			r.records[0] = nil // which would keep what it was read with
			r.records = r.records[1:]
			// Timestamps may go back, so that those behind the first in time need not be.
			if record.Timestamp.Before(at) {
				continue
			}
			if !yield(record, nil) {
				return
			}
		}
	}
}

func (p *Peek) since(ctx context.Context, at time.Time) ([]*reading, error) {
	wait, cancel := context.WithTimeout(ctx, p.opts.Patience)
	defer cancel()
	starts, err := p.admin.ListOffsetsAfterMilli(wait, at.UnixMilli(), p.opts.Topic)
	if err == nil {
		err = starts.Error()
	}
	if err != nil {
		return nil, err
	}
	var all []*reading
	for _, partition := range p.partitions() {
		o, ok := starts.Lookup(p.opts.Topic, partition)
		if !ok {
			return nil, fmt.Errorf("no broker tells the offset at a time of partition %d", partition)
		}
		all = append(all, &reading{partition: partition, next: o.Offset, end: p.bounds[partition].end})
	}
	return all, nil
}

// partitions are those that can be read, in order.
func (p *Peek) partitions() []int32 { return slices.Sorted(maps.Keys(p.bounds)) }
