package reader

import (
	"cmp"
	"context"
	"fmt"
	"time"

	"github.com/twmb/franz-go/pkg/kadm"
	"github.com/twmb/franz-go/pkg/kerr"
	"github.com/twmb/franz-go/pkg/kgo"

	"github.com/sluice-bridge/sluice/bridge/kafka"
	"github.com/sluice-bridge/sluice/bridge/offsets"
)

// Options say which topic to look into, and how.
type Options struct {
	Connection      kafka.Connection
	Topic           string
	ReadUncommitted bool
	// FetchBytes is the most that one answer brings of one partition; zero for 1 MiB.
	FetchBytes int32
	// MostUnpacked is how many bytes of memory a batch may take, unpacked; zero for 64 MiB.
	MostUnpacked int64
	// Timeout is how long nothing may come before it is an error.
	Timeout time.Duration
}

// Reader reads records of a topic outside any consumer group: nothing is joined, committed or
// created. It reads up to where the topic ended when it was opened. It is not safe for concurrent
// use.
//
// It asks for records itself, where the client would consume: the client does not tell how far it
// has come where a partition ends in what is no record, such as the marker of a transaction.
type Reader struct {
	opts   Options
	client *kgo.Client
	admin  *kadm.Client

	origin  offsets.TopicIdentity
	topicID [16]byte
	leaders map[int32]int32
	ranges  map[int32]Range
}

// defaultUnpacked is what a batch may take unpacked, where nothing else is said.
const defaultUnpacked = 64 << 20

// Open connects and looks up the topic. The error wraps what the broker said.
func Open(ctx context.Context, o Options) (*Reader, error) {
	client, err := o.Connection.Probe(o.Timeout)
	if err != nil {
		return nil, err
	}
	p := New(o, client)
	wait, cancel := context.WithTimeout(ctx, o.Timeout)
	defer cancel()
	if err := p.Locate(wait); err != nil {
		client.Close()
		return nil, err
	}
	if p.ranges, err = p.list(wait); err != nil {
		client.Close()
		return nil, err
	}
	return p, nil
}

// New returns a reader by a client of somebody else, which knows nothing of the topic before it is to Locate it.
func New(o Options, client *kgo.Client) *Reader {
	o.MostUnpacked = cmp.Or(o.MostUnpacked, defaultUnpacked)
	return &Reader{opts: o, client: client, admin: kadm.NewClient(client)}
}

// Close ends the connections.
func (p *Reader) Close() { p.client.Close() }

// Origin is that of the topic's records, as the bridge has it.
func (p *Reader) Origin() offsets.TopicIdentity { return p.origin }

// TopicID is the topic's (KIP-516); zero where the brokers have none.
func (p *Reader) TopicID() [16]byte { return p.topicID }

// Locate looks up the topic's identity and the leaders of its partitions.
func (p *Reader) Locate(ctx context.Context) error {
	topic := p.opts.Topic
	meta, err := p.admin.Metadata(ctx, topic)
	if err != nil {
		return err
	}
	t, ok := meta.Topics[topic]
	switch {
	case !ok:
		return kerr.UnknownTopicOrPartition
	case t.Err != nil:
		return t.Err
	}
	p.origin, p.topicID = offsets.NewTopicIdentity(meta.Cluster, topic, t.ID), t.ID
	p.leaders = make(map[int32]int32, len(t.Partitions))
	for _, partition := range t.Partitions {
		p.leaders[partition.Partition] = partition.Leader
	}
	return nil
}

// list looks up where the partitions begin and end. What a transaction that is open holds back is
// behind the end.
func (p *Reader) list(ctx context.Context) (map[int32]Range, error) {
	topic := p.opts.Topic
	ends := p.admin.ListCommittedOffsets
	if p.opts.ReadUncommitted {
		ends = p.admin.ListEndOffsets
	}
	first, err := p.admin.ListStartOffsets(ctx, topic)
	if err == nil {
		err = first.Error()
	}
	if err != nil {
		return nil, err
	}
	end, err := ends(ctx, topic)
	if err == nil {
		err = end.Error()
	}
	if err != nil {
		return nil, err
	}
	all := make(map[int32]Range, len(first[topic]))
	for partition, f := range first[topic] {
		e, ok := end.Lookup(topic, partition)
		if !ok {
			return nil, fmt.Errorf("no broker tells where partition %d ends", partition)
		}
		all[partition] = Range{partition, f.Offset, max(f.Offset, e.Offset)}
	}
	return all, nil
}
