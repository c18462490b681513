package kafka

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"sync"

	"github.com/twmb/franz-go/pkg/kerr"
	"github.com/twmb/franz-go/pkg/kgo"
	"github.com/twmb/franz-go/pkg/kmsg"
)

// Fetchable asks for partitions as the client does that consumes, each broker once and all of them at the same time: one
// that does not answer takes all the time there is. It returns what keeps each from being read; partition -1 stands for its
// topic, and no topic for whatever a broker answers. Ends says where the log of a partition ends.
func Fetchable(ctx context.Context, client *kgo.Client, places []TopicPartition, ends func(TopicPartition) int64) map[TopicPartition]error {
	why := make(map[TopicPartition]error, len(places))
	seen := map[string]bool{}
	var topics []string
	for _, at := range places {
		if at.Topic != "" && !seen[at.Topic] {
			seen[at.Topic] = true
			topics = append(topics, at.Topic)
		}
	}
	var now Described
	var failed error
	if len(topics) > 0 { // none would be all
		now, failed = Describe(ctx, client, topics...)
	}
	byLeader := map[int32][]TopicPartition{}
	for _, at := range places {
		err := failed
		switch {
		case at.Topic == "":
			err = client.Ping(ctx)
		case err == nil:
			err = now.Err(at.Topic)
		}
		if err == nil && at.Topic != "" && at.Partition >= 0 {
			var leader int32
			if leader, err = now.Leader(at); err == nil {
				byLeader[leader] = append(byLeader[leader], at)
				continue
			}
		}
		why[at] = err
	}
	var asked sync.WaitGroup
	var mu sync.Mutex
	for leader, of := range byLeader {
		asked.Go(func() {
			answers, err := fetchable(ctx, client, leader, of, now, ends)
			mu.Lock()
			defer mu.Unlock()
			for _, at := range of {
				why[at] = err
				if err == nil {
					why[at] = answers[at]
				}
			}
		})
	}
	asked.Wait()
	return why
}

// fetchable asks a leader for what is behind the ends of the logs of partitions: whether that is refused, and not for
// records.
func fetchable(ctx context.Context, client *kgo.Client, leader int32, of []TopicPartition, now Described, ends func(TopicPartition) int64) (refused map[TopicPartition]error, err error) {
	byTopic := map[string][]kmsg.FetchRequestTopicPartition{}
	for _, at := range of {
		p := kmsg.NewFetchRequestTopicPartition()
		p.Partition, p.PartitionMaxBytes, p.FetchOffset = at.Partition, 1, max(ends(at), 0)
		byTopic[at.Topic] = append(byTopic[at.Topic], p)
	}
	req := kmsg.NewPtrFetchRequest()
	req.MaxBytes, req.SessionEpoch = 1, -1 // no session: the request stands alone
	named := map[[16]byte]string{}
	for topic, partitions := range byTopic {
		t := kmsg.NewFetchRequestTopic()
		t.Topic, t.TopicID, t.Partitions = topic, now.Topics[topic].TopicID, partitions
		named[t.TopicID] = topic
		req.Topics = append(req.Topics, t)
	}
	answer, err := client.Broker(int(leader)).RetriableRequest(ctx, req)
	if err != nil {
		return nil, err
	}
	resp, ok := answer.(*kmsg.FetchResponse)
	if !ok {
		return nil, fmt.Errorf("the broker answers with %T", answer)
	}
	if err := kerr.ErrorForCode(resp.ErrorCode); err != nil {
		return nil, err
	}
	refused = map[TopicPartition]error{}
	for _, t := range resp.Topics {
		topic := cmp.Or(t.Topic, named[t.TopicID])
		for _, p := range t.Partitions {
			if err := kerr.ErrorForCode(p.ErrorCode); err != nil && !errors.Is(err, kerr.OffsetOutOfRange) {
				refused[TopicPartition{Topic: topic, Partition: p.Partition}] = err
			}
		}
	}
	return refused, nil
}
