package reader

import (
	"context"
	"slices"

	"github.com/twmb/franz-go/pkg/kgo"
)

// tail is the end of a partition, read backwards in stretches of doubling length: offsets may have
// gaps, so that as many offsets are not as many records.
type tail struct {
	reading
	from, length int64         // of the stretch
	stretch      []*kgo.Record // read of it
	kept         []*kgo.Record // of the stretches behind it
}

// Last reads the last n records of the topic: those of each partition by offset, merged by
// timestamp. The records of a partition stay in their order.
func (p *Reader) Last(ctx context.Context, n int) ([]*kgo.Record, error) {
	var tails []*tail
	for _, partition := range p.partitions() {
		b := p.ranges[partition]
		from := max(b.First, b.End-int64(n))
		tails = append(tails, &tail{reading: reading{partition: partition, next: from, end: b.End}, from: from, length: int64(n)})
	}
	for left := tails; len(left) > 0; {
		if err := p.stretches(ctx, left, n); err != nil {
			return nil, err
		}
		var short []*tail
		for _, t := range left {
			if t.further(p.ranges[t.partition].First, n) {
				short = append(short, t)
			}
		}
		left = short
	}
	return merge(tails, n), nil
}

// stretches reads the stretch of each to its end, and keeps no more than the last n of it.
func (p *Reader) stretches(ctx context.Context, tails []*tail, n int) error {
	all := make([]*reading, len(tails))
	for i, t := range tails {
		all[i] = &t.reading
	}
	for slices.ContainsFunc(all, (*reading).wants) {
		if err := p.fill(ctx, all); err != nil {
			return err
		}
		for _, t := range tails {
			t.stretch = append(t.stretch, t.reading.records...)
			t.reading.records = nil
			if over := len(t.stretch) - n; over > 0 {
				t.stretch = slices.Delete(t.stretch, 0, over)
			}
		}
	}
	return nil
}

// further puts a stretch that was read before what is behind it, and reports whether one before it
// is to be read.
func (t *tail) further(first int64, n int) bool {
	t.kept = append(t.stretch, t.kept...)
	if over := len(t.kept) - n; over > 0 {
		t.kept = t.kept[over:]
	}
	t.stretch = nil
	if len(t.kept) == n || t.from <= first {
		return false
	}
	t.length *= 2
	t.end, t.from = t.from, max(first, t.from-t.length)
	t.next = t.from
	return true
}

// merge takes the last n, each time that of the partition whose last one is the youngest.
func merge(tails []*tail, n int) []*kgo.Record {
	var all []*kgo.Record
	for len(all) < n {
		var last *tail
		for _, t := range tails {
			if k := len(t.kept); k > 0 && (last == nil || t.kept[k-1].Timestamp.Compare(last.kept[len(last.kept)-1].Timestamp) >= 0) {
				last = t
			}
		}
		if last == nil {
			break
		}
		k := len(last.kept) - 1
		all = append(all, last.kept[k])
		last.kept = last.kept[:k]
	}
	slices.Reverse(all)
	return all
}
