package kafka

import (
	"context"
	"slices"

	"github.com/twmb/franz-go/pkg/kadm"

	"github.com/sluice-bridge/sluice/bridge"
)

// Reached is how far consumer groups are in partitions, by topic and partition.
type Reached map[string]map[int32]Position

// Position is how far a group is in one partition.
type Position struct {
	// Settled is the offset below which all is settled.
	Settled int64
	// Read is that below which some of its destinations had what is theirs, or will have it.
	Read int64
}

func (r Reached) add(at place, p Position) {
	if r[at.topic] == nil {
		r[at.topic] = map[int32]Position{}
	}
	if had, ok := r[at.topic][at.partition]; ok {
		// What another member has committed meanwhile is no further back.
		p = Position{max(had.Settled, p.Settled), max(had.Read, p.Read)}
	}
	r[at.topic][at.partition] = p
}

// Swap is what a source is to hand records to, and what its group is to know of others.
type Swap struct {
	*Source
	Intake  Intake
	Sharing Sharing
}

// SwapAll has sources hand records to other intakes, all of them at one moment: between, nothing is read,
// and met is told how far each is, in their order. When it returns, the earlier intakes are not called any more. A
// destination that a group is to take back needs a new source.
func SwapAll(swaps []Swap, met func([]Reached)) {
	for _, s := range swaps {
		s.gate.Lock()
		defer s.gate.Unlock()
	}
	all := make([]Reached, len(swaps))
	for i, s := range swaps {
		all[i] = s.reached()
	}
	met(all)
	for _, s := range swaps {
		s.intake, s.sharing = s.Intake, s.Sharing
	}
}

// reached returns how far the partitions are read that are owned. Called with the gate locked.
func (s *Source) reached() Reached {
	reached := Reached{}
	add := func(a *assignment) {
		mark := a.part.Mark()
		if mark.Offset < 0 {
			return // nothing was read of it yet
		}
		next := a.expected()
		if len(a.waiting) > 0 {
			next = a.waiting[0].Offset
		}
		reached.add(a.place, position(mark.Offset, next, a.part.Reach()))
	}
	for _, a := range s.leaving {
		add(a)
	}
	for _, a := range s.assigned {
		add(a)
	}
	return reached
}

// position is that of a partition, of which some destinations may be done further than it is read.
func position(settled, next int64, reach bridge.Reach) Position {
	read := max(next, reach.Rest)
	for _, done := range reach.Done {
		read = max(read, done)
	}
	return Position{Settled: settled, Read: read}
}

// LookUpReached returns how far groups are by what they have committed, in their order: what is known of partitions that
// other instances read.
func LookUpReached(ctx context.Context, c Connection, groups []string) (all []Reached, err error) {
	err = withAdmin(c, func(admin *kadm.Client) error {
		all, err = ReachedBy(ctx, admin, groups)
		return err
	})
	return all, err
}

// ReachedBy is LookUpReached by a client.
func ReachedBy(ctx context.Context, admin *kadm.Client, groups []string) (all []Reached, err error) {
	for _, group := range groups {
		offsets, err := offsetsOf(ctx, admin, group)
		if err != nil {
			return nil, err
		}
		reached := Reached{}
		offsets.Each(func(o kadm.OffsetResponse) {
			if o.At >= 0 {
				reach, _ := bridge.ParseReach(o.Metadata)
				reached.add(place{o.Topic, o.Partition}, position(o.At, o.At, reach))
			}
		})
		all = append(all, reached)
	}
	return all, nil
}

// Merge adds what is known elsewhere of the same group.
func (r Reached) Merge(other Reached) {
	for topic, partitions := range other {
		for id, p := range partitions {
			r.add(place{topic, id}, p)
		}
	}
}

// Foremost returns how far the foremost of groups is read in each partition.
func Foremost(groups []Reached) Reached {
	foremost := Reached{}
	for _, g := range groups {
		foremost.Merge(g)
	}
	return foremost
}

// Until returns the offset below which a partition was read; 0 where that is not known.
func (r Reached) Until(topic string, partition int32) int64 { return r[topic][partition].Read }

// Passed says whether groups have settled all that was read.
func (r Reached) Passed(groups []Reached) bool {
	for topic, partitions := range r {
		for id, p := range partitions {
			behind := func(g Reached) bool { return g[topic][id].Settled < p.Read }
			if slices.ContainsFunc(groups, behind) {
				return false
			}
		}
	}
	return true
}

// Behind returns how many records a group is read less far than others, gaps between offsets included, and in
// how many partitions.
func (r Reached) Behind(others Reached) (records int64, partitions int) {
	for topic, of := range others {
		for id, p := range of {
			if n := p.Read - r[topic][id].Read; n > 0 {
				records, partitions = records+n, partitions+1
			}
		}
	}
	return records, partitions
}
