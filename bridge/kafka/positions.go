package kafka

import "github.com/twmb/franz-go/pkg/kgo"

// positions are offsets of partitions, as the client takes them.
type positions map[string]map[int32]kgo.EpochOffset

func (p positions) set(at place, to kgo.EpochOffset) {
	if p[at.topic] == nil {
		p[at.topic] = map[int32]kgo.EpochOffset{}
	}
	p[at.topic][at.partition] = to
}
