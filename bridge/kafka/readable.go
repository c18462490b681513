package kafka

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/twmb/franz-go/pkg/kerr"
	"github.com/twmb/franz-go/pkg/kmsg"
)

// lookAgain looks at the places of which no error came of late: the client stays silent of a partition
// that is paused, and of all that a broker holds which is away, whether they can be read or not. Where
// the answers take long, the rest is looked at the next time.
func (s *Source) lookAgain(ctx context.Context, now time.Time) {
	places := s.failing.quiet(now)
	if len(places) == 0 {
		return
	}
	ctx, cancel := context.WithTimeout(ctx, lookUpTimeout)
	defer cancel()
	_, regex := subscription(s.opts.Topics)
	for _, at := range places {
		err := s.readable(ctx, at)
		switch {
		case err == nil:
			s.failing.over(at)
		case ctx.Err() != nil:
			return // it is as it was told
		case regex && errors.Is(err, kerr.UnknownTopicOrPartition):
			s.failing.forget(at) // nothing asks for a topic that nothing matches
		case at.partition < 0 && at.topic != "":
			s.failing.tell(at, unreadable(err), false)
		default:
			s.failing.tell(at, "reading: "+s.cause(err), false)
		}
	}
}

// readable asks for a place as the client does, and returns what keeps it from being read.
func (s *Source) readable(ctx context.Context, at place) error {
	if at.topic == "" {
		return s.client.Ping(ctx)
	}
	now, err := s.describe(ctx, at.topic)
	if err == nil {
		err = now.err(at.topic)
	}
	if err != nil || at.partition < 0 {
		return err
	}
	leader, err := now.leader(at)
	if err != nil {
		return err
	}
	return s.fetchable(ctx, at, now.topics[at.topic].TopicID, leader)
}

// fetchable asks a partition's leader for what is behind the end of its log: whether that is refused,
// and not for records.
func (s *Source) fetchable(ctx context.Context, at place, id [16]byte, leader int32) error {
	q := kmsg.NewFetchRequestTopicPartition()
	q.Partition, q.PartitionMaxBytes = at.partition, 1
	if a := s.assignment(at); a != nil {
		q.FetchOffset = max(a.highWatermark.Load(), 0)
	}
	t := kmsg.NewFetchRequestTopic()
	t.Topic, t.TopicID = at.topic, id
	t.Partitions = append(t.Partitions, q)
	req := kmsg.NewPtrFetchRequest()
	req.MaxBytes, req.SessionEpoch = 1, -1 // no session: the request stands alone
	req.Topics = append(req.Topics, t)
	answer, err := s.client.Broker(int(leader)).RetriableRequest(ctx, req)
	if err != nil {
		return err
	}
	resp, ok := answer.(*kmsg.FetchResponse)
	if !ok {
		return fmt.Errorf("the broker answers with %T", answer)
	}
	err = kerr.ErrorForCode(resp.ErrorCode)
	for _, t := range resp.Topics {
		for _, p := range t.Partitions {
			if e := kerr.ErrorForCode(p.ErrorCode); e != nil && !errors.Is(e, kerr.OffsetOutOfRange) {
				err = e
			}
		}
	}
	return err
}
