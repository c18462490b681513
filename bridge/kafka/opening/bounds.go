package opening

import (
	"context"

	"github.com/twmb/franz-go/pkg/kadm"
	"github.com/twmb/franz-go/pkg/kgo"

	"github.com/sluice-bridge/sluice/bridge/kafka"
)

// Bounds are where logs begin and end of which partitions were assigned.
type Bounds struct {
	first, end kadm.ListedOffsets
}

// LookUpBounds asks for the logs of topics. What is not known of single partitions is left out: one that has no leader now
// keeps none of the others from being read; it is not asked for where its start is committed, and else left to the client.
func LookUpBounds(ctx context.Context, admin *kadm.Client, topics []string) (b Bounds, err error) {
	b.end, _ = admin.ListEndOffsets(ctx, topics...)
	b.first, err = kafka.KnownOffsets(admin.ListStartOffsets(ctx, topics...))
	return b, err
}

// First returns where a log begins; false where that is not known.
func (b Bounds) First(at kafka.TopicPartition) (int64, bool) {
	o, ok := b.first.Lookup(at.Topic, at.Partition)
	return o.Offset, ok && o.Err == nil
}

// End returns where a log ends; false where that is not known.
func (b Bounds) End(at kafka.TopicPartition) (int64, bool) {
	o, ok := b.end.Lookup(at.Topic, at.Partition)
	return o.Offset, ok && o.Err == nil
}

// Start returns the log's start; where that is not known, what the client takes for it.
func (b Bounds) Start(at kafka.TopicPartition) kgo.Offset {
	if o, ok := b.first.Lookup(at.Topic, at.Partition); ok && o.Offset >= 0 {
		return kgo.NewOffset().At(o.Offset)
	}
	return kgo.NewOffset().AtStart()
}

// A committed offset may not fit the log: an unclean election of a leader cuts off the log's tail,
// and a program may commit what it likes. Where the commit has an earlier leader epoch than the log
// now, the client asks the broker where the log parted from what was read, and goes on exactly there
// (KIP-320). Else nothing tells what was settled, and the log is read from its start: records come
// again, but none is passed over.

// EndBelow returns the end of a partition's log, and whether it is below the committed offset and no
// epoch tells why.
func (b Bounds) EndBelow(at kafka.TopicPartition, committed kgo.EpochOffset) (end int64, below bool) {
	o, ok := b.end.Lookup(at.Topic, at.Partition)
	if !ok || o.Err != nil || o.Offset < 0 || committed.Offset <= o.Offset {
		return 0, false
	}
	return o.Offset, committed.Epoch < 0 || committed.Epoch >= o.LeaderEpoch
}
