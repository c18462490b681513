package reader

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
func (p *Reader) At(ctx context.Context, partition int32, offset int64) (*kgo.Record, error) {
	b, ok := p.ranges[partition]
	switch at := fmt.Sprintf("%s/%d", p.opts.Topic, partition); {
	case !ok:
		return nil, fmt.Errorf("%w in %s: the topic has %d partitions, from 0", ErrNoRecord, at, len(p.ranges))
	case b.First == b.End:
		return nil, fmt.Errorf("%w at %s/%d: the partition is empty", ErrNoRecord, at, offset)
	case offset < b.First || offset >= b.End:
		return nil, fmt.Errorf("%w at %s/%d: the partition can be read from %d to %d", ErrNoRecord, at, offset, b.First, b.End-1)
	}
	r := &reading{partition: partition, next: offset, end: b.End}
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
func (p *Reader) Since(ctx context.Context, at time.Time, idle func() error) iter.Seq2[*kgo.Record, error] {
	return func(yield func(*kgo.Record, error) bool) {
		starts, err := p.After(ctx, at)
		if err != nil {
			yield(nil, err)
			return
		}
		var all []Range
		for partition, first := range starts {
			all = append(all, Range{partition, first, p.ranges[partition].End})
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
func (p *Reader) partitions() []int32 { return slices.Sorted(maps.Keys(p.ranges)) }
