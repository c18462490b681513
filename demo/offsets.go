package demo

import (
	"context"
	"fmt"
	"time"

	"github.com/twmb/franz-go/pkg/kadm"
)

// offsets compares what the bridge has committed with what there is.
type offsets struct {
	admin  *kadm.Client
	groups []string
	topics []string // that the bridge reads
	unread []string // that it does not
}

func newOffsets(admin *kadm.Client, b *Bridge) *offsets {
	o := &offsets{admin: admin, groups: b.Groups}
	for topic := range topics {
		if b.Reads(topic) {
			o.topics = append(o.topics, topic)
		} else {
			o.unread = append(o.unread, topic)
		}
	}
	return o
}

// committed is how far the groups are.
type committed struct {
	partitions int // of all groups together
	atEnd      int
	behind     string // the first one that is not at its end
}

func (c committed) good() bool { return c.atEnd == c.partitions }

// compare looks at every partition that the bridge reads, for every group.
func (o *offsets) compare(ctx context.Context) (c committed, err error) {
	if len(o.topics) == 0 {
		return c, nil
	}
	ends, err := o.admin.ListEndOffsets(ctx, o.topics...)
	if err == nil {
		err = ends.Error()
	}
	if err != nil {
		return c, fmt.Errorf("reading the ends of the partitions: %w", err)
	}
	for _, group := range o.groups {
		marks, err := o.admin.FetchOffsets(ctx, group)
		if err != nil {
			return c, fmt.Errorf("reading the offsets of %s: %w", group, err)
		}
		ends.Each(func(end kadm.ListedOffset) {
			c.partitions++
			at := int64(0)
			if m, ok := marks.Lookup(end.Topic, end.Partition); ok {
				at = m.At
			}
			if at == end.Offset {
				c.atEnd++
			} else if c.behind == "" {
				c.behind = fmt.Sprintf("%s has committed %d of %s/%d, which ends at %d", group, at, end.Topic, end.Partition, end.Offset)
			}
		})
	}
	return c, nil
}

// trimEvery is how often Kafka is told to forget.
const trimEvery = 3 * time.Second

// trim deletes what every group has committed, until ctx ends: the embedded Kafka is all in memory.
func (o *offsets) trim(ctx context.Context) {
	tick := time.NewTicker(trimEvery)
	defer tick.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
			o.trimOnce(ctx)
		}
	}
}

// trimOnce passes over what cannot be looked up: the next time will do.
func (o *offsets) trimOnce(ctx context.Context) {
	var done kadm.Offsets
	for _, group := range o.groups {
		marks, err := o.admin.FetchOffsets(ctx, group)
		if err != nil {
			return
		}
		of := marks.Offsets()
		of.KeepFunc(func(m kadm.Offset) bool { return m.At > 0 })
		if done != nil {
			done.KeepFunc(func(m kadm.Offset) bool {
				other, ok := of.Lookup(m.Topic, m.Partition)
				return ok && other.At >= m.At
			})
			continue
		}
		done = of
	}
	if len(o.unread) > 0 {
		if ends, err := o.admin.ListEndOffsets(ctx, o.unread...); err == nil {
			ends.Each(func(end kadm.ListedOffset) { done.AddOffset(end.Topic, end.Partition, end.Offset, -1) })
		}
	}
	_, _ = o.admin.DeleteRecords(ctx, done)
}
