package kafka

import (
	"context"
	"errors"

	"github.com/twmb/franz-go/pkg/kadm"

	"github.com/sluice-bridge/sluice/bridge/offsets"
)

// Reached is how far a consumer group is in partitions, by topic and partition.
type Reached map[string]map[int32]Position

// Position is how far a group is in one partition.
type Position struct {
	// Settled is the offset below which the group has nothing left to do.
	Settled int64
	// Read is that below which some of its destinations had what is theirs, or will have it.
	Read int64
	// Topic is the mark of the topic, as bridge.Origin.Mark gives it; empty where it is not known.
	Topic string
	// Owned is set where the group reads on from there in this process, whatever it has committed.
	Owned bool
	// uneven is set where some destinations are done further than the group reads.
	uneven bool
}

// of says whether a position is of a topic with this mark.
func (p Position) of(topic string) bool { return p.Topic == topic || p.Topic == "" || topic == "" }

// Set notes how far the group is in a partition.
func (r Reached) Set(at TopicPartition, p Position) {
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
			r.Set(TopicPartition{topic, id}, p)
		}
	}
}

// NewPosition is that of a group in a partition, of which some destinations may be done further than it is read.
func NewPosition(settled, next int64, reach offsets.Reach, topic string) Position {
	read := max(next, reach.Rest)
	for _, done := range reach.Done {
		read = max(read, done)
	}
	return Position{Settled: settled, Read: read, Topic: topic, uneven: read > next}
}

// committed is the position of a group that has committed an offset, and has this sharing: where it begins to read
// after that. Own looks up what the groups of destinations have committed which it is to take back.
func (s Sharing) committed(o kadm.Offset, own func(destination string) (kadm.Offset, bool)) Position {
	first, reach := s.Begin(o, own)
	return NewPosition(first.At, first.At, reach, offsets.MarkIn(o.Metadata))
}

// LookUpReached returns how far groups are by what they have committed: what is known of partitions that other
// instances read. The sharing is that of the shared group. Groups that cannot be looked up are not in what
// it returns; the error names them.
func LookUpReached(ctx context.Context, c Connection, shared string, sharing Sharing, groups []string) (all map[string]Reached, err error) {
	err = WithAdmin(c, func(admin *kadm.Client) error {
		all, err = ReachedBy(ctx, admin, shared, sharing, groups)
		return err
	})
	return all, err
}

// ReachedBy is LookUpReached by a client.
func ReachedBy(ctx context.Context, admin *kadm.Client, shared string, sharing Sharing, groups []string) (map[string]Reached, error) {
	all := map[string]Reached{}
	var failed error
	for _, group := range groups {
		found, err := FetchOffsets(ctx, admin, group)
		if err != nil {
			failed = errors.Join(failed, err)
			continue
		}
		of := Sharing{}
		if group == shared {
			of = sharing
		}
		own, err := of.Stopped(ctx, admin, of.Asked(NotesOf(found)))
		if err != nil {
			failed = errors.Join(failed, err)
			continue
		}
		reached := Reached{}
		found.Each(func(o kadm.OffsetResponse) {
			if at := (TopicPartition{o.Topic, o.Partition}); o.At >= 0 {
				reached.Set(at, of.committed(o.Offset, own.Of(at, offsets.Origin{})))
			}
		})
		all[group] = reached
	}
	return all, failed
}
