package kafka

import (
	"cmp"
	"context"
	"fmt"
	"time"

	"github.com/twmb/franz-go/pkg/kadm"
	"github.com/twmb/franz-go/pkg/kerr"
	"github.com/twmb/franz-go/pkg/kgo"

	"github.com/sluice-bridge/sluice/bridge/offsets"
)

// PeekOptions say which topic to look into, and how.
type PeekOptions struct {
	Connection      Connection
	Topic           string
	ReadUncommitted bool
	// FetchBytes is the most that one answer brings of one partition; zero for 1 MiB.
	FetchBytes int32
	// MostUnpacked is how many bytes of memory a batch may take, unpacked; zero for 64 MiB.
	MostUnpacked int64
	// Patience is how long nothing may come before it is an error.
	Patience time.Duration
}

// Peek reads records of a topic outside any consumer group: nothing is joined, committed or
// created. It reads up to where the topic ended when it was opened. It is not safe for concurrent
// use.
//
// It asks for records itself, where the client would consume: the client does not tell how far it
// has come where a partition ends in what is no record, such as the marker of a transaction.
type Peek struct {
	opts   PeekOptions
	client *kgo.Client
	admin  *kadm.Client

	origin  offsets.Origin
	topicID [16]byte
	leaders map[int32]int32
	bounds  map[int32]bounds
}

// bounds are the first offset of a partition and the one behind its last.
type bounds struct{ first, end int64 }

// mostUnpacked is what a batch may take unpacked, where nothing else is said.
const mostUnpacked = 64 << 20

// OpenPeek connects and looks up the topic. The error wraps what the broker said.
func OpenPeek(ctx context.Context, o PeekOptions) (*Peek, error) {
	client, err := o.Connection.Probe(o.Patience)
	if err != nil {
		return nil, err
	}
	p := NewPeek(o, client)
	wait, cancel := context.WithTimeout(ctx, o.Patience)
	defer cancel()
	if err := p.Locate(wait); err != nil {
		client.Close()
		return nil, err
	}
	if p.bounds, err = p.list(wait); err != nil {
		client.Close()
		return nil, err
	}
	return p, nil
}

func NewPeek(o PeekOptions, client *kgo.Client) *Peek {
	o.MostUnpacked = cmp.Or(o.MostUnpacked, mostUnpacked)
	return &Peek{opts: o, client: client, admin: kadm.NewClient(client)}
}

// Close ends the connections.
func (p *Peek) Close() { p.client.Close() }

// Origin is that of the topic's records, as the bridge has it.
func (p *Peek) Origin() offsets.Origin { return p.origin }

// TopicID is the topic's (KIP-516); zero where the brokers have none.
func (p *Peek) TopicID() [16]byte { return p.topicID }

// Locate looks up the topic's identity and the leaders of its partitions.
func (p *Peek) Locate(ctx context.Context) error {
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
	p.origin, p.topicID = offsets.NewOrigin(meta.Cluster, topic, t.ID), t.ID
	p.leaders = make(map[int32]int32, len(t.Partitions))
	for _, partition := range t.Partitions {
		p.leaders[partition.Partition] = partition.Leader
	}
	return nil
}

// list looks up where the partitions begin and end. What a transaction that is open holds back is
// behind the end.
func (p *Peek) list(ctx context.Context) (map[int32]bounds, error) {
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
	all := make(map[int32]bounds, len(first[topic]))
	for partition, f := range first[topic] {
		e, ok := end.Lookup(topic, partition)
		if !ok {
			return nil, fmt.Errorf("no broker tells where partition %d ends", partition)
		}
		all[partition] = bounds{f.Offset, max(f.Offset, e.Offset)}
	}
	return all, nil
}
