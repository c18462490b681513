package kafka

import (
	"fmt"
)

// TopicPartition is a partition of a topic.
type TopicPartition struct {
	Topic     string
	Partition int32
}

func (p TopicPartition) String() string {
	if p.Partition < 0 {
		return p.Topic // all of it
	}
	return fmt.Sprintf("%s/%d", p.Topic, p.Partition)
}
