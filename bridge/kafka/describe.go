package kafka

import (
	"context"

	"github.com/twmb/franz-go/pkg/kerr"
	"github.com/twmb/franz-go/pkg/kgo"
	"github.com/twmb/franz-go/pkg/kmsg"
)

// Described are topics as a broker tells of them, each with its own error: kadm answers nothing at all
// where one of them may not be described.
type Described struct {
	Cluster string // its id
	Topics  map[string]kmsg.MetadataResponseTopic
}

// Describe asks a broker for topics, by name.
func Describe(ctx context.Context, client *kgo.Client, topics ...string) (Described, error) {
	req := kmsg.NewPtrMetadataRequest()
	for _, name := range topics {
		t := kmsg.NewMetadataRequestTopic()
		t.Topic = kmsg.StringPtr(name)
		req.Topics = append(req.Topics, t)
	}
	resp, err := req.RequestWith(ctx, client)
	if err != nil {
		return Described{}, err
	}
	d := Described{Topics: make(map[string]kmsg.MetadataResponseTopic, len(resp.Topics))}
	if resp.ClusterID != nil {
		d.Cluster = *resp.ClusterID
	}
	for _, t := range resp.Topics {
		if t.Topic != nil {
			d.Topics[*t.Topic] = t
		}
	}
	return d, nil
}

// Err returns what keeps a topic from being described.
func (d Described) Err(topic string) error {
	t, ok := d.Topics[topic]
	if !ok {
		return kerr.UnknownTopicOrPartition
	}
	return kerr.ErrorForCode(t.ErrorCode)
}

// Leader returns the broker that has a partition.
func (d Described) Leader(at TopicPartition) (int32, error) {
	for _, p := range d.Topics[at.Topic].Partitions {
		if p.Partition == at.Partition {
			return p.Leader, kerr.ErrorForCode(p.ErrorCode)
		}
	}
	return -1, kerr.UnknownTopicOrPartition
}
