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
		starts, err := p.After(ctx, at)
		if err != nil {
			yield(nil, err)
			return
		}
		var all []Range
		for partition, first := range starts {
			all = append(all, Range{partition, first, p.bounds[partition].end})
		}
		for record, err := range p.merged(ctx, all, idle) {
			// Timestamps may go back, so that those behind the first in time need not be.
			if err == nil && record.Timestamp.Before(at) {
				continue
			}
			if !yield(record, err) {
				return
			}
		}
	}
}

// partitions are those that can be read, in order.
func (p *Peek) partitions() []int32 { return slices.Sorted(maps.Keys(p.bounds)) }
