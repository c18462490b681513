package consumer

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"sync"
	"time"

	"github.com/twmb/franz-go/pkg/kerr"
	"github.com/twmb/franz-go/pkg/kmsg"

	"github.com/sluice-bridge/sluice/bridge/kafka"
)

// lookAgain looks at the places of which no error came of late: the client stays silent of a partition
// that is paused, and of all that a broker holds which is away, whether they can be read or not.
func (s *Source) lookAgain(ctx context.Context, now time.Time) {
	places := s.failing.quiet(now)
	if len(places) == 0 {
		return
	}
	look, cancel := context.WithTimeout(ctx, kafka.LookUpTimeout)
	defer cancel()
	_, regex := kafka.Subscription(s.opts.Topics)
	why := s.readable(look, places...)
	s.gate.RLock() // no partition is given up meanwhile
	defer s.gate.RUnlock()
	for at, err := range why {
		switch {
		case !s.failing.tells(at):
			// It is no concern of this member any more, or over, since the look began.
		case err == nil:
			s.failing.over(at)
		case look.Err() != nil && errors.Is(err, look.Err()):
			// No answer: it is as it was told.
		case regex && errors.Is(err, kerr.UnknownTopicOrPartition):
			s.failing.forget(at) // nothing asks for a topic that nothing matches
		case at.Partition < 0 && at.Topic != "":
			s.failing.tell(at, unreadable(err), false)
		default:
			s.failing.tell(at, "reading: "+s.cause(err), false)
		}
	}
}

// readable asks for places as the client does, each broker once and all of them at the same time: one that does not
// answer takes all the time there is. It returns what keeps each place from being read.
func (s *Source) readable(ctx context.Context, places ...kafka.TopicPartition) map[kafka.TopicPartition]error {
	why := make(map[kafka.TopicPartition]error, len(places))
	seen := map[string]bool{}
	var topics []string
	for _, at := range places {
		if at.Topic != "" && !seen[at.Topic] {
			seen[at.Topic] = true
			topics = append(topics, at.Topic)
		}
	}
	var now kafka.Described
	var failed error
	if len(topics) > 0 { // none would be all
		now, failed = s.describe(ctx, topics...)
	}
	byLeader := map[int32][]kafka.TopicPartition{}
	for _, at := range places {
		err := failed
		switch {
		case at.Topic == "":
			err = s.client.Ping(ctx)
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
			answers, err := s.fetchable(ctx, leader, of, now)
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
func (s *Source) fetchable(ctx context.Context, leader int32, of []kafka.TopicPartition, now kafka.Described) (refused map[kafka.TopicPartition]error, err error) {
	byTopic := map[string][]kmsg.FetchRequestTopicPartition{}
	for _, at := range of {
		p := kmsg.NewFetchRequestTopicPartition()
		p.Partition, p.PartitionMaxBytes = at.Partition, 1
		if a := s.assignment(at); a != nil {
			p.FetchOffset = max(a.highWatermark.Load(), 0)
		}
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
	answer, err := s.client.Broker(int(leader)).RetriableRequest(ctx, req)
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
	refused = map[kafka.TopicPartition]error{}
	for _, t := range resp.Topics {
		topic := cmp.Or(t.Topic, named[t.TopicID])
		for _, p := range t.Partitions {
			if err := kerr.ErrorForCode(p.ErrorCode); err != nil && !errors.Is(err, kerr.OffsetOutOfRange) {
				refused[kafka.TopicPartition{Topic: topic, Partition: p.Partition}] = err
			}
		}
	}
	return refused, nil
}
