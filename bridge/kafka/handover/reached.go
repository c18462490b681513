package handover

import (
	"github.com/twmb/franz-go/pkg/kadm"

	"github.com/sluice-bridge/sluice/bridge/kafka"
	"github.com/sluice-bridge/sluice/bridge/offsets"
	"github.com/sluice-bridge/sluice/bridge/offsets/progress"
)

// Reached is how far a consumer group is in partitions, by topic and partition.
type Reached map[string]map[int32]Position

// Position is how far a group is in one partition.
type Position struct {
	// Settled is the offset below which the group has nothing left to do.
	Settled int64
	// Read is that below which some of its destinations had what is theirs, or will have it.
	Read int64
	// Topic is the fingerprint of the topic; empty where it is not known.
	Topic string
	// Owned is set where the group reads on from there in this process, whatever it has committed.
	Owned bool
	// uneven is set where some destinations are done further than the group reads.
	uneven bool
}

// of says whether a position is of a topic with this mark.
func (p Position) of(topic string) bool { return p.Topic == topic || p.Topic == "" || topic == "" }

// Set notes how far the group is in a partition.
func (r Reached) Set(at kafka.TopicPartition, p Position) {
	if r[at.Topic] == nil {
		r[at.Topic] = map[int32]Position{}
	}
	r[at.Topic][at.Partition] = p
}

// Correct puts in what is known here of the same group: of a partition that is owned, which may have gone back, and
// is no further settled than that; and of one that was, which others may have read on since.
func (r Reached) Correct(here Reached) {
	for topic, partitions := range here {
		for id, p := range partitions {
			if had := r[topic][id]; had.of(p.Topic) {
				p.Read = max(p.Read, had.Read)
				if !p.Owned {
					p.Settled, p.uneven = max(p.Settled, had.Settled), p.uneven || had.uneven
				}
			}
			r.Set(kafka.TopicPartition{Topic: topic, Partition: id}, p)
		}
	}
}

// NewPosition is that of a group in a partition, of which some destinations may be done further than it is read.
func NewPosition(settled, next int64, reach progress.Progress, topic string) Position {
	read := max(next, reach.Default)
	for _, done := range reach.Done {
		read = max(read, done)
	}
	return Position{Settled: settled, Read: read, Topic: topic, uneven: read > next}
}

// committed is the position of a group that has committed an offset, and has this sharing: where it begins to read
// after that. Own looks up what the groups of destinations have committed which it is to take back.
func (s Sharing) committed(o kadm.Offset, own func(destination string) (kadm.Offset, bool)) Position {
	first, reach := s.Begin(o, own)
	return NewPosition(first.At, first.At, reach, offsets.FingerprintIn(o.Metadata))
}
