package kafka

import (
	"fmt"
)

// place is a partition of a topic.
type place struct {
	topic     string
	partition int32
}

func (p place) String() string {
	if p.partition < 0 {
		return p.topic // all of it
	}
	return fmt.Sprintf("%s/%d", p.topic, p.partition)
}
