package kafka

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
	"github.com/twmb/franz-go/pkg/kmsg"
	"go.uber.org/zap"

	"github.com/sluice-bridge/sluice/bridge/offsets"
	"github.com/sluice-bridge/sluice/internal/pause"
	"github.com/sluice-bridge/sluice/topic"
)

// Topics returns the topics that are read under a subscription: those that are named, whether they
// exist or not, and those that match. Where the brokers do not say which there are, it returns those that are named, and an error.
func Topics(ctx context.Context, admin *kadm.Client, subscription []string) ([]string, error) {
	read, err := topic.ParseSet(subscription...)
	if err != nil {
		return nil, err
	}
	names := map[string]bool{}
	for _, p := range read {
		if !p.IsExpression() {
			names[p.String()] = true
		}
	}
	if read.HasExpression() {
		var found kadm.TopicDetails
		found, err = admin.ListTopics(ctx)
		for name := range found {
			if read.Match(name) {
				names[name] = true
			}
		}
	}
	return slices.Sorted(maps.Keys(names)), err
}

// Origins returns the origin of each topic, by its name alone where it is no more.
func Origins(ctx context.Context, admin *kadm.Client, topics []string) (map[string]offsets.TopicIdentity, error) {
	if len(topics) == 0 {
		return nil, nil // which the broker would take for all
	}
	meta, err := admin.Metadata(ctx, topics...)
	if err != nil {
		return nil, err
	}
	all := make(map[string]offsets.TopicIdentity, len(topics))
	for _, name := range topics {
		t, ok := meta.Topics[name]
		if ok && t.Err != nil && !errors.Is(t.Err, kerr.UnknownTopicOrPartition) {
			return nil, fmt.Errorf("looking up topic %s: %w", name, t.Err)
		}
		all[name] = offsets.NewTopicIdentity(meta.Cluster, name, t.ID)
	}
	return all, nil
}

// describeTries is how often a topic may be refused, or unknown, before the others are read without it:
// brokers that start do not know all topics at once.
const describeTries = 3

// Identify looks up the origins of topics until all are known, or ctx ends. Those that are refused, or unknown, come with
// what keeps them from being described.
func Identify(ctx context.Context, client *kgo.Client, topics []string, log *zap.Logger) (known map[string]offsets.TopicIdentity, unknown map[string]error) {
	known = make(map[string]offsets.TopicIdentity, len(topics))
	for try := 1; ; try++ {
		now, failed := Describe(ctx, client, topics...)
		unknown = map[string]error{}
		for _, topic := range topics {
			err := failed
			if err == nil {
				err = now.Err(topic)
			}
			if err == nil {
				known[topic] = offsets.NewTopicIdentity(now.Cluster, topic, now.Topics[topic].TopicID)
			} else if _, ok := known[topic]; !ok {
				unknown[topic] = err
			}
		}
		if len(unknown) == 0 || failed == nil && try >= describeTries {
			return known, unknown
		}
		log.Warn("topic ids cannot be looked up", zap.Error(errors.Join(slices.Collect(maps.Values(unknown))...)))
		if !pause.For(ctx, time.Second) {
			return known, unknown
		}
	}
}

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

// Undescribed words what keeps a topic from being read, by what Describe says of it; empty where that is nothing.
func Undescribed(err error) string {
	switch {
	case err == nil:
		return ""
	case errors.Is(err, kerr.UnknownTopicOrPartition):
		return "it does not exist; it is read when it is created"
	default:
		return "it cannot be read: " + err.Error()
	}
}
