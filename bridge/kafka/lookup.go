package kafka

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"

	"github.com/twmb/franz-go/pkg/kadm"
	"github.com/twmb/franz-go/pkg/kerr"

	"github.com/sluice-bridge/sluice/bridge/offsets"
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
func Origins(ctx context.Context, admin *kadm.Client, topics []string) (map[string]offsets.Origin, error) {
	if len(topics) == 0 {
		return nil, nil // which the broker would take for all
	}
	meta, err := admin.Metadata(ctx, topics...)
	if err != nil {
		return nil, err
	}
	all := make(map[string]offsets.Origin, len(topics))
	for _, name := range topics {
		t, ok := meta.Topics[name]
		if ok && t.Err != nil && !errors.Is(t.Err, kerr.UnknownTopicOrPartition) {
			return nil, fmt.Errorf("looking up topic %s: %w", name, t.Err)
		}
		all[name] = offsets.NewOrigin(meta.Cluster, name, t.ID)
	}
	return all, nil
}

// Unsharded returns the first of the errors that kadm has collected by broker, without its words for that.
func Unsharded(err error) error {
	var all *kadm.ShardErrors
	if errors.As(err, &all) && len(all.Errs) > 0 {
		return all.Errs[0].Err
	}
	return err
}

// KnownOffsets takes what is known of some partitions where others have no leader, or one that does not answer.
func KnownOffsets(listed kadm.ListedOffsets, err error) (kadm.ListedOffsets, error) {
	var some *kadm.ShardErrors
	if errors.As(err, &some) && !some.AllFailed {
		err = nil
	}
	return listed, Unsharded(err)
}

// FetchOffsets returns what a group has committed; nothing for a group that does not exist.
func FetchOffsets(ctx context.Context, admin *kadm.Client, group string) (kadm.OffsetResponses, error) {
	offsets, err := admin.FetchOffsets(ctx, group)
	if err == nil {
		err = offsets.Error()
	}
	if errors.Is(err, kerr.GroupIDNotFound) {
		return nil, nil
	}
	if err != nil {
		return nil, fmt.Errorf("reading what group %s has committed: %w", group, err)
	}
	return offsets, nil
}
