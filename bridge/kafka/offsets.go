package kafka

import (
	"context"
	"errors"
	"fmt"
	"sync"

	"github.com/twmb/franz-go/pkg/kadm"
	"github.com/twmb/franz-go/pkg/kerr"
	"github.com/twmb/franz-go/pkg/kgo"
	"github.com/twmb/franz-go/pkg/kmsg"
)

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

// FetchOffsetsOf looks up what a group has committed of partitions, each with an error of its own: kadm
// answers nothing at all where one topic may not be described.
func FetchOffsetsOf(ctx context.Context, client *kgo.Client, group string, of map[string][]int32) (kadm.OffsetResponses, error) {
	asked := kmsg.NewOffsetFetchRequestGroup()
	asked.Group = group
	for topic, ids := range of {
		t := kmsg.NewOffsetFetchRequestGroupTopic()
		t.Topic, t.Partitions = topic, ids
		asked.Topics = append(asked.Topics, t)
	}
	req := kmsg.NewPtrOffsetFetchRequest()
	req.RequireStable = true
	req.Groups = append(req.Groups, asked)
	resp, err := req.RequestWith(ctx, client)
	if err != nil {
		return nil, err
	}
	if err := kerr.ErrorForCode(resp.ErrorCode); err != nil {
		return nil, err
	}
	found := kadm.OffsetResponses{}
	for _, g := range resp.Groups {
		if err := kerr.ErrorForCode(g.ErrorCode); err != nil {
			return nil, err
		}
		for _, t := range g.Topics {
			for _, p := range t.Partitions {
				o := kadm.OffsetResponse{Err: kerr.ErrorForCode(p.ErrorCode)}
				o.Topic, o.Partition, o.At, o.LeaderEpoch = t.Topic, p.Partition, p.Offset, p.LeaderEpoch
				if p.Metadata != nil {
					o.Metadata = *p.Metadata
				}
				found.Add(o)
			}
		}
	}
	return found, nil
}

// Of the special times of ListOffsets (KIP-79).
const (
	latestOffset   = -1
	earliestOffset = -2
)

// Of the isolation levels of ListOffsets (KIP-98): the end of a log, or its last stable offset.
const (
	readUncommitted = 0
	readCommitted   = 1
)

// ListLogs asks where the logs of partitions end and begin, both at once: a broker that cannot be reached takes all the time there is, and
// the others have to be asked for both. Refused are those of which the end is not to be had, with the reason
// where there is one.
func ListLogs(ctx context.Context, client *kgo.Client, of []TopicPartition) (ends, starts map[TopicPartition]int64, refused map[TopicPartition]error) {
	ctx, cancel := context.WithTimeout(ctx, LookUpTimeout)
	defer cancel()
	var both sync.WaitGroup
	both.Go(func() { ends, refused = listOffsets(ctx, client, of, latestOffset, readUncommitted) })
	both.Go(func() { starts, _ = listOffsets(ctx, client, of, earliestOffset, readUncommitted) })
	both.Wait()
	return ends, starts, refused
}

// ListStable asks for the last stable offsets of partitions, behind which no transaction is open. What is not to be had is
// left out.
func ListStable(ctx context.Context, client *kgo.Client, of []TopicPartition) map[TopicPartition]int64 {
	listed, _ := listOffsets(ctx, client, of, latestOffset, readCommitted)
	return listed
}

// listOffsets asks for offsets by time; refused are those that are not to be had, with the reason where there
// is one.
func listOffsets(ctx context.Context, client *kgo.Client, of []TopicPartition, time int64, isolation int8) (listed map[TopicPartition]int64, refused map[TopicPartition]error) {
	byTopic := map[string][]kmsg.ListOffsetsRequestTopicPartition{}
	for _, at := range of {
		p := kmsg.NewListOffsetsRequestTopicPartition()
		p.Partition, p.Timestamp = at.Partition, time
		byTopic[at.Topic] = append(byTopic[at.Topic], p)
	}
	req := kmsg.NewPtrListOffsetsRequest()
	req.IsolationLevel = isolation
	for topic, partitions := range byTopic {
		t := kmsg.NewListOffsetsRequestTopic()
		t.Topic, t.Partitions = topic, partitions
		req.Topics = append(req.Topics, t)
	}
	listed, refused = map[TopicPartition]int64{}, map[TopicPartition]error{}
	for _, shard := range client.RequestSharded(ctx, req) {
		asked, _ := shard.Req.(*kmsg.ListOffsetsRequest)
		if resp, ok := shard.Resp.(*kmsg.ListOffsetsResponse); ok && shard.Err == nil {
			sortOffsets(resp, listed, refused)
		} else if asked != nil {
			for _, t := range asked.Topics {
				for _, p := range t.Partitions {
					refused[TopicPartition{Topic: t.Topic, Partition: p.Partition}] = shard.Err
				}
			}
		}
	}
	return listed, refused
}

// sortOffsets sorts what a broker says of partitions.
func sortOffsets(resp *kmsg.ListOffsetsResponse, listed map[TopicPartition]int64, refused map[TopicPartition]error) {
	for _, t := range resp.Topics {
		for _, p := range t.Partitions {
			at := TopicPartition{Topic: t.Topic, Partition: p.Partition}
			if err := kerr.ErrorForCode(p.ErrorCode); err != nil {
				refused[at] = err
			} else if p.Offset >= 0 {
				listed[at] = p.Offset
			}
		}
	}
}
