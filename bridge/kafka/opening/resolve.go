package opening

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"
	"time"

	"github.com/twmb/franz-go/pkg/kadm"
	"github.com/twmb/franz-go/pkg/kerr"
	"github.com/twmb/franz-go/pkg/kgo"
	"go.uber.org/zap"

	"github.com/sluice-bridge/sluice/bridge/kafka"
	"github.com/sluice-bridge/sluice/bridge/kafka/handover"
)

// resolve finds the partitions that do not begin at their logs' starts, and where they do.
func (o *Opening) resolve(ctx context.Context, client *kgo.Client) error {
	admin := kadm.NewClient(client)
	committed, err := kafka.FetchOffsets(ctx, admin, o.opts.Group)
	if err == nil {
		err = handover.CheckVersions(o.opts.Group, committed)
	}
	if err != nil {
		return err
	}
	names, err := kafka.Topics(ctx, admin, o.opts.Topics)
	if err != nil || len(names) == 0 {
		return err
	}
	found, err := kafka.Describe(ctx, client, names...)
	if err != nil {
		return err
	}
	if o.begun.IsZero() {
		o.begun = time.Now()
	}
	fresh, starts := o.pick(committed, names)
	for topic := range starts {
		err := found.Err(topic)
		if err != nil && !errors.Is(err, kerr.UnknownTopicOrPartition) { // which begins when it is made
			if err := o.unknown(topic, err); err != nil {
				return err
			}
		}
		if err != nil {
			delete(starts, topic)
		}
	}
	logs, err := o.look(ctx, admin, starts)
	if err != nil {
		return err
	}
	resolved := map[kafka.TopicPartition]opened{}
	for topic, start := range starts {
		details := found.Topics[topic]
		for _, p := range details.Partitions {
			at := kafka.TopicPartition{Topic: topic, Partition: p.Partition}
			begin, first, end, err := logs.at(at, start.Start)
			if err != nil {
				if err := o.unknown(at.String(), err); err != nil {
					return err
				}
				continue
			}
			resolved[at] = opened{
				entry:  start.entry,
				Offset: kadm.Offset{Topic: topic, Partition: p.Partition, At: begin, LeaderEpoch: -1, Metadata: markOf(found.Cluster, topic, details.TopicID)},
				passed: max(begin-first, 0), ahead: max(end-begin, 0),
			}
		}
	}
	o.fresh, o.opened = fresh, resolved
	return nil
}

// unknown is for a topic or partition that cannot be looked up: an error while it is waited for, and a warning after
// that.
func (o *Opening) unknown(name string, err error) error {
	if time.Since(o.begun) < o.opts.WaitForLeaders {
		return fmt.Errorf("looking up where %s begins: %w", name, err)
	}
	o.log.Warn("the offset to begin at cannot be looked up; it will be read from its first record", zap.String("of", name), zap.Error(err))
	return nil
}

// picked is the start of a topic that is new.
type picked struct {
	Start
	entry string
}

// pick returns which of the topics are new to the group, with starts other than the earliest record, and
// whether the group itself is new.
func (o *Opening) pick(committed kadm.OffsetResponses, topics []string) (fresh bool, starts map[string]picked) {
	fresh = true
	known := map[string]bool{} // entries with topics that the group has offsets of
	committed.Each(func(c kadm.OffsetResponse) {
		if c.At >= 0 {
			fresh = false
			_, entry := o.opts.Start(c.Topic)
			known[entry] = true
		}
	})
	starts = map[string]picked{}
	for _, topic := range topics {
		start, entry := o.opts.Start(topic)
		if start.earliest() || entry == "" && !fresh || entry != "" && known[entry] {
			continue
		}
		starts[topic] = picked{start, entry}
	}
	return fresh, starts
}

// logs are the offsets of the topics that are new.
type logs struct {
	first, end kadm.ListedOffsets
	since      map[time.Time]kadm.ListedOffsets
	latest     time.Time // Since
	looked     time.Time // when the look-ups were done
}

func (o *Opening) look(ctx context.Context, admin *kadm.Client, starts map[string]picked) (*logs, error) {
	if len(starts) == 0 {
		return nil, nil
	}
	topics := slices.Sorted(maps.Keys(starts))
	// What is read of transactions ends at the first that is open: its records come when it is committed.
	ends := admin.ListCommittedOffsets
	if o.opts.ReadUncommitted {
		ends = admin.ListEndOffsets
	}
	// The ends come first: what is written between two look-ups must not be skipped.
	l := &logs{since: map[time.Time]kadm.ListedOffsets{}, latest: o.opts.Since}
	var err error
	if l.end, err = kafka.KnownOffsets(ends(ctx, topics...)); err != nil {
		return nil, err
	}
	if l.first, err = kafka.KnownOffsets(admin.ListStartOffsets(ctx, topics...)); err != nil {
		return nil, err
	}
	for _, start := range starts {
		at := start.time(l.latest)
		if l.since[at] != nil {
			continue
		}
		if l.since[at], err = kafka.KnownOffsets(admin.ListOffsetsAfterMilli(ctx, at.UnixMilli(), topics...)); err != nil {
			return nil, err
		}
	}
	l.looked = time.Now()
	return l, nil
}

// time is that of the first record to read.
func (s Start) time(latest time.Time) time.Time {
	if s.Latest {
		return latest
	}
	return s.At
}

// ahead is by how much the clocks of those who stamp records may be before ours.
const ahead = time.Minute

// at returns where a partition begins, and where its log does and ends. For the latest records that is the
// end, but not behind what was stamped since they were asked for: brokers may not have answered at once.
// A stamp of the future tells nothing of when a record was written.
func (l *logs) at(p kafka.TopicPartition, start Start) (begin, first, end int64, err error) {
	firsts, ok1 := l.first.Lookup(p.Topic, p.Partition)
	ends, ok2 := l.end.Lookup(p.Topic, p.Partition)
	since, ok3 := l.since[start.time(l.latest)].Lookup(p.Topic, p.Partition)
	if err := errors.Join(firsts.Err, ends.Err, since.Err); err != nil {
		return 0, 0, 0, err
	}
	if !ok1 || !ok2 || !ok3 {
		return 0, 0, 0, errors.New("it has no leader")
	}
	begin = min(since.Offset, ends.Offset)
	if start.Latest && since.Timestamp > l.looked.Add(ahead).UnixMilli() {
		begin = ends.Offset
	}
	return begin, firsts.Offset, ends.Offset, nil
}
