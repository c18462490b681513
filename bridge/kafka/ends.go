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
	ctx, cancel := context.WithTimeout(ctx, lookUpTimeout)
	defer cancel()
	for at, end := range s.listOffsets(ctx, unread, latestOffset) {
		unread[at].highWatermark.CompareAndSwap(known[at], end) // a fetch knows better
	}
	for at, start := range s.listOffsets(ctx, unread, earliestOffset) {
		s.passed(unread[at], start)
	}
}

// listOffsets asks for offsets by time; those that are not to be had are left out.
func (s *Source) listOffsets(ctx context.Context, of map[place]*assignment, time int64) map[place]int64 {
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
	// An error is that of one broker: the others' answers come with it.
	resp, _ := req.RequestWith(ctx, s.client)
	listed := map[place]int64{}
	if resp == nil {
		return listed
	}
	for _, t := range resp.Topics {
		for _, p := range t.Partitions {
			at := place{t.Topic, p.Partition}
			if of[at] != nil && kerr.ErrorForCode(p.ErrorCode) == nil && p.Offset >= 0 {
				listed[at] = p.Offset
			}
		}
	}
	return listed
}
