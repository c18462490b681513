package kafka

import (
	"context"

	"github.com/twmb/franz-go/pkg/kerr"
	"github.com/twmb/franz-go/pkg/kmsg"
)

// Of the special times of ListOffsets (KIP-79).
const (
	latestOffset   = -1
	earliestOffset = -2
)

// lookAtLogs asks where the logs begin and end of partitions of which nothing was fetched since the last
// look: their lag grows, and retention passes by them, whether they are read or not.
func (s *Source) lookAtLogs(ctx context.Context) {
	unread := map[place]*assignment{}
	s.gate.RLock()
	for at, a := range s.assigned {
		if !a.fetched.Swap(false) {
			unread[at] = a
		}
	}
	s.gate.RUnlock()
	if len(unread) == 0 {
		return
	}
	known := map[place]int64{}
	for at, a := range unread {
		known[at] = a.highWatermark.Load()
	}
	look, cancel := context.WithTimeout(ctx, lookUpTimeout)
	defer cancel()
	ends, err := s.listOffsets(look, unread, latestOffset)
	for at, a := range unread {
		if end, ok := ends[at]; ok {
			a.highWatermark.CompareAndSwap(known[at], end) // a fetch knows better
		} else if ctx.Err() == nil {
			s.unanswered(a, err)
		}
	}
	starts, _ := s.listOffsets(look, unread, earliestOffset)
	for at, start := range starts {
		s.passed(unread[at], start)
		s.skip(unread[at], start)
	}
}

// unanswered tells of a partition of which nothing is fetched, and its broker does not say where it ends: the
// client tries to fetch of a broker that it cannot reach again and again, and says nothing. Whether that is
// over, lookAgain sees.
func (s *Source) unanswered(a *assignment, err error) {
	text := "nothing is read, and its broker does not say where it ends"
	if err != nil {
		text += ": " + err.Error()
	}
	s.gate.RLock()
	defer s.gate.RUnlock()
	if s.assigned[a.place] == a && !a.fetched.Load() {
		s.failing.tell(a.place, text, false)
	}
}

// listOffsets asks for offsets by time; those that are not to be had are left out. An error is that of one broker:
// the others' answers come with it.
func (s *Source) listOffsets(ctx context.Context, of map[place]*assignment, time int64) (map[place]int64, error) {
	byTopic := map[string][]kmsg.ListOffsetsRequestTopicPartition{}
	for at := range of {
		p := kmsg.NewListOffsetsRequestTopicPartition()
		p.Partition, p.Timestamp = at.partition, time
		byTopic[at.topic] = append(byTopic[at.topic], p)
	}
	req := kmsg.NewPtrListOffsetsRequest()
	for topic, partitions := range byTopic {
		t := kmsg.NewListOffsetsRequestTopic()
		t.Topic, t.Partitions = topic, partitions
		req.Topics = append(req.Topics, t)
	}
	resp, err := req.RequestWith(ctx, s.client)
	listed := map[place]int64{}
	if resp == nil {
		return listed, err
	}
	for _, t := range resp.Topics {
		for _, p := range t.Partitions {
			at := place{t.Topic, p.Partition}
			if of[at] != nil && kerr.ErrorForCode(p.ErrorCode) == nil && p.Offset >= 0 {
				listed[at] = p.Offset
			}
		}
	}
	return listed, err
}
