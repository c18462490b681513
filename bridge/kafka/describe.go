package kafka

import (
	"context"

	"github.com/twmb/franz-go/pkg/kerr"
	"github.com/twmb/franz-go/pkg/kgo"
	"github.com/twmb/franz-go/pkg/kmsg"
)

// described are topics as a broker tells of them, each with its own error: kadm answers nothing at all
// where one of them may not be described.
type described struct {
	cluster string // its id
	topics  map[string]kmsg.MetadataResponseTopic
}

// describe asks a broker for topics, by name.
func describe(ctx context.Context, client *kgo.Client, topics ...string) (described, error) {
	req := kmsg.NewPtrMetadataRequest()
	for _, name := range topics {
		t := kmsg.NewMetadataRequestTopic()
		t.Topic = kmsg.StringPtr(name)
		req.Topics = append(req.Topics, t)
	}
	resp, err := req.RequestWith(ctx, client)
	if err != nil {
		return described{}, err
	}
	d := described{topics: make(map[string]kmsg.MetadataResponseTopic, len(resp.Topics))}
	if resp.ClusterID != nil {
		d.cluster = *resp.ClusterID
	}
	for _, t := range resp.Topics {
		if t.Topic != nil {
			d.topics[*t.Topic] = t
		}
	}
	return d, nil
}

// err returns what keeps a topic from being described.
func (d described) err(topic string) error {
	t, ok := d.topics[topic]
	if !ok {
		return kerr.UnknownTopicOrPartition
	}
	return kerr.ErrorForCode(t.ErrorCode)
}

// leader returns the broker that has a partition.
func (d described) leader(at place) (int32, error) {
	for _, p := range d.topics[at.topic].Partitions {
		if p.Partition == at.partition {
			return p.Leader, kerr.ErrorForCode(p.ErrorCode)
		}
	}
	return -1, kerr.UnknownTopicOrPartition
}
