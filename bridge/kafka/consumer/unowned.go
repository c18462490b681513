package consumer

import "github.com/sluice-bridge/sluice/bridge/kafka"

// unown has the client fetch nothing more of a partition that is not this member's, until it is assigned. The client
// fetches from offsets that come after their topic was forgotten (franz-go 1.22): everything twice, for nothing, for
// as long as nobody else gets the partition. What is no partition, but an error of a topic or of all, is none of that.
// Called by the poll loop with the gate read-locked.
func (s *Source) unown(at kafka.TopicPartition) {
	if at.Topic != "" && at.Partition >= 0 {
		s.client.PauseFetchPartitions(map[string][]int32{at.Topic: {at.Partition}})
	}
}
