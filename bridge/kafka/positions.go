package kafka

import "github.com/twmb/franz-go/pkg/kgo"

// Positions are offsets of partitions, as the client takes them.
type Positions map[string]map[int32]kgo.EpochOffset

// Set sets the offset of one.
func (p Positions) Set(at TopicPartition, to kgo.EpochOffset) {
	if p[at.Topic] == nil {
		p[at.Topic] = map[int32]kgo.EpochOffset{}
	}
	p[at.Topic][at.Partition] = to
}

// Move has a client go on at the offsets. Where it takes itself to be there it does nothing, not even if it
// has given the partition up: so it is sent elsewhere first.
func (p Positions) Move(client *kgo.Client) {
	if len(p) == 0 {
		return
	}
	elsewhere := Positions{}
	for topic, partitions := range p {
		for id, to := range partitions {
			elsewhere.Set(TopicPartition{Topic: topic, Partition: id}, kgo.EpochOffset{Epoch: -1, Offset: to.Offset + 1})
		}
	}
	client.SetOffsets(elsewhere)
	client.SetOffsets(p)
}
