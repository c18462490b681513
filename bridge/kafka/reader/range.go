package reader

import (
	"cmp"
	"context"
	"fmt"
	"iter"
	"slices"
	"time"

	"github.com/twmb/franz-go/pkg/kgo"
)

// Range is a part of a partition: the offsets from First up to, and not including, End.
type Range struct {
	Partition  int32
	First, End int64
}

// Ranges are what can be read of each partition.
func (p *Reader) Ranges() []Range {
	var all []Range
	for _, partition := range p.partitions() {
		all = append(all, p.ranges[partition])
	}
	return all
}

// After returns the first offset of each partition whose record is of a time or later; its end
// where there is none.
func (p *Reader) After(ctx context.Context, at time.Time) (map[int32]int64, error) {
	wait, cancel := context.WithTimeout(ctx, p.opts.Timeout)
	defer cancel()
	found, err := p.admin.ListOffsetsAfterMilli(wait, at.UnixMilli(), p.opts.Topic)
	if err == nil {
		err = found.Error()
	}
	if err != nil {
		return nil, err
	}
	all := make(map[int32]int64, len(p.ranges))
	for partition, b := range p.ranges {
		o, ok := found.Lookup(p.opts.Topic, partition)
		if !ok {
			return nil, fmt.Errorf("no broker tells the offset at a time of partition %d", partition)
		}
		all[partition] = min(max(o.Offset, b.First), b.End)
	}
	return all, nil
}

// Read reads ranges, merged by timestamp; the records of a partition stay in their order.
func (p *Reader) Read(ctx context.Context, ranges []Range) iter.Seq2[*kgo.Record, error] {
	return p.merged(ctx, ranges, func() error { return nil })
}

// merged takes each time the record whose timestamp is the first of those at the front. Before it
// waits for more it calls idle.
func (p *Reader) merged(ctx context.Context, ranges []Range, idle func() error) iter.Seq2[*kgo.Record, error] {
	return func(yield func(*kgo.Record, error) bool) {
		var all []*reading
		for _, r := range ranges {
			all = append(all, &reading{partition: r.Partition, next: r.First, end: r.End})
		}
		slices.SortFunc(all, func(a, b *reading) int { return cmp.Compare(a.partition, b.partition) })
		for {
			if slices.ContainsFunc(all, (*reading).wants) {
				err := idle()
				if err == nil {
					err = p.fill(ctx, all)
				}
				if err != nil {
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
			if !yield(record, nil) {
				return
			}
		}
	}
}
