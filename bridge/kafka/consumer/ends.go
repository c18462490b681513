package consumer

import (
	"context"
	"sync"
	"time"

	"github.com/twmb/franz-go/pkg/kerr"
	"github.com/twmb/franz-go/pkg/kmsg"

	"github.com/sluice-bridge/sluice/bridge/kafka"
)

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

// lookAtLogs asks where the logs begin and end of partitions of which nothing was fetched since the last
// look: their lag grows, and retention passes by them, whether they are read or not.
func (s *Source) lookAtLogs(ctx context.Context, now time.Time) {
	unread := map[kafka.TopicPartition]*assignment{}
	s.gate.RLock()
	for at, a := range s.assigned {
		if a.fetched.Swap(false) {
			a.mute = false
			s.getsOn(a, a.expected(), now)
		} else {
			unread[at] = a
		}
	}
	s.gate.RUnlock()
	if len(unread) == 0 {
		return
	}
	known := map[kafka.TopicPartition]int64{}
	for at, a := range unread {
		known[at] = a.highWatermark.Load()
	}
	ends, starts, refused := s.logsOf(ctx, unread)
	for at, a := range unread {
		if end, ok := ends[at]; ok {
			a.highWatermark.CompareAndSwap(known[at], end) // a fetch knows better
			a.mute = false
		} else if ctx.Err() == nil {
			s.unanswered(a, refused[at])
		}
	}
	for at, start := range starts {
		a := unread[at]
		if a.begun() && a.expected() < 0 { // it begins at the log's start, wherever that is
			a.bare.Store(start)
		}
		s.passed(a, start)
		s.skip(a, start)
	}
	look, cancel := context.WithTimeout(ctx, kafka.LookUpTimeout)
	defer cancel()
	s.renewPaused(look, unread)
	s.lookAtStalls(look, unread, ends, now)
}

// logsOf asks where logs end and begin, both at once: a broker that cannot be reached takes all the time there is, and
// the others have to be asked for both. Refused is as that of listOffsets.
func (s *Source) logsOf(ctx context.Context, of map[kafka.TopicPartition]*assignment) (ends, starts map[kafka.TopicPartition]int64, refused map[kafka.TopicPartition]error) {
	ctx, cancel := context.WithTimeout(ctx, kafka.LookUpTimeout)
	defer cancel()
	var both sync.WaitGroup
	both.Go(func() { ends, refused = s.listOffsets(ctx, of, latestOffset, readUncommitted) })
	both.Go(func() { starts, _ = s.listOffsets(ctx, of, earliestOffset, readUncommitted) })
	both.Wait()
	return ends, starts, refused
}

// unanswered tells of a partition of which nothing is fetched, and its broker does not say where it ends, nor did
// at the look before: a leader may be elected at the time of one. The client tries to fetch of a broker that it
// cannot reach again and again, and says nothing. Whether that is over, lookAgain sees.
func (s *Source) unanswered(a *assignment, err error) {
	if !a.mute {
		a.mute = true
		return
	}
	text := "nothing is read, and its broker does not say where it ends"
	if err != nil {
		text += ": " + s.cause(err)
	}
	s.gate.RLock()
	defer s.gate.RUnlock()
	if s.assigned[a.TopicPartition] == a && !a.fetched.Load() {
		s.failing.tell(a.TopicPartition, text, false)
	}
}

// listOffsets asks for offsets by time; refused are those that are not to be had, with the reason where there
// is one.
func (s *Source) listOffsets(ctx context.Context, of map[kafka.TopicPartition]*assignment, time int64, isolation int8) (listed map[kafka.TopicPartition]int64, refused map[kafka.TopicPartition]error) {
	byTopic := map[string][]kmsg.ListOffsetsRequestTopicPartition{}
	for at := range of {
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
	listed, refused = map[kafka.TopicPartition]int64{}, map[kafka.TopicPartition]error{}
	for _, shard := range s.client.RequestSharded(ctx, req) {
		asked, _ := shard.Req.(*kmsg.ListOffsetsRequest)
		if resp, ok := shard.Resp.(*kmsg.ListOffsetsResponse); ok && shard.Err == nil {
			sortOffsets(resp, listed, refused)
		} else if asked != nil {
			for _, t := range asked.Topics {
				for _, p := range t.Partitions {
					refused[kafka.TopicPartition{Topic: t.Topic, Partition: p.Partition}] = shard.Err
				}
			}
		}
	}
	return listed, refused
}

// sortOffsets sorts what a broker says of partitions.
func sortOffsets(resp *kmsg.ListOffsetsResponse, listed map[kafka.TopicPartition]int64, refused map[kafka.TopicPartition]error) {
	for _, t := range resp.Topics {
		for _, p := range t.Partitions {
			at := kafka.TopicPartition{Topic: t.Topic, Partition: p.Partition}
			if err := kerr.ErrorForCode(p.ErrorCode); err != nil {
				refused[at] = err
			} else if p.Offset >= 0 {
				listed[at] = p.Offset
			}
		}
	}
}
