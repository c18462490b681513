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
	// owned is set where the group reads on from there in this process, whatever it has committed.
	owned bool
	// uneven is set where some destinations are done further than the group reads.
	uneven bool
}

// of says whether a position is of a topic with this mark.
func (p Position) of(topic string) bool { return p.Topic == topic || p.Topic == "" || topic == "" }

func (r Reached) set(at place, p Position) {
	if r[at.topic] == nil {
		r[at.topic] = map[int32]Position{}
	}
	r[at.topic][at.partition] = p
}

// Correct puts in what is known here of the same group: of a partition that is owned, which may have gone back, and
// is no further settled than that; and of one that was, which others may have read on since.
func (r Reached) Correct(here Reached) {
	for topic, partitions := range here {
		for id, p := range partitions {
			if had := r[topic][id]; had.of(p.Topic) {
				p.Read = max(p.Read, had.Read)
				if !p.owned {
					p.Settled, p.uneven = max(p.Settled, had.Settled), p.uneven || had.uneven
				}
			}
			r.set(place{topic, id}, p)
		}
	}
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

// Owns says whether the group reads any partition here.
func (s *Source) Owns() bool { return len(s.held()) > 0 }

// reached returns how far the partitions are read that are owned, and those that were. Called with the gate locked.
func (s *Source) reached() Reached {
	reached := Reached{}
	for at, p := range s.ended {
		reached.set(at, p)
	}
	add := func(a *assignment) {
		next := a.expected()
		if len(a.waiting) > 0 {
			next = a.waiting[0].Offset
		}
		if p, begun := a.position(next); begun {
			p.owned = true
			reached.set(a.place, p)
		}
	}
	for _, a := range s.leaving {
		add(a)
	}
	for _, a := range s.assigned {
		add(a)
	}
	return reached
}

// position returns how far a partition is that is read up to an offset, or up to its mark where that is further;
// false where nothing was read of it yet.
func (a *assignment) position(next int64) (Position, bool) {
	mark := a.part.Mark().Offset
	return position(mark, max(mark, next), a.part.Reach(), a.part.Origin.Mark()), mark >= 0
}

// position is that of a group in a partition, of which some destinations may be done further than it is read.
func position(settled, next int64, reach offsets.Reach, topic string) Position {
	read := max(next, reach.Rest)
	for _, done := range reach.Done {
		read = max(read, done)
	}
	return Position{Settled: settled, Read: read, Topic: topic, uneven: read > next}
}

// committed is the position of a group that has committed an offset, and has this sharing: where it begins to read
// after that. Own looks up what the groups of destinations have committed which it is to take back.
func (s Sharing) committed(o kadm.Offset, own func(destination string) (kadm.Offset, bool)) Position {
	first, reach := s.begin(o, own)
	return position(first.At, first.At, reach, offsets.MarkIn(o.Metadata))
}

// LookUpReached returns how far groups are by what they have committed: what is known of partitions that other
// instances read. The sharing is that of the shared group. Groups that cannot be looked up are not in what
// it returns; the error names them.
func LookUpReached(ctx context.Context, c Connection, shared string, sharing Sharing, groups []string) (all map[string]Reached, err error) {
	err = withAdmin(c, func(admin *kadm.Client) error {
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
		found, err := offsetsOf(ctx, admin, group)
		if err != nil {
			failed = errors.Join(failed, err)
			continue
		}
		of := Sharing{}
		if group == shared {
			of = sharing
		}
		own, err := of.stopped(ctx, admin, of.asked(notesOf(found)))
		if err != nil {
			failed = errors.Join(failed, err)
			continue
		}
		reached := Reached{}
		found.Each(func(o kadm.OffsetResponse) {
			if at := (place{o.Topic, o.Partition}); o.At >= 0 {
				reached.set(at, of.committed(o.Offset, own.of(at, offsets.Origin{})))
			}
		})
		all[group] = reached
	}
	return all, failed
}

// Foremost is how far the foremost of several groups was in partitions. A name may stand for several topics, of
// which all but the latest are no more.
type Foremost map[place][]Position

// ForemostOf returns how far the foremost of groups is.
func ForemostOf(groups map[string]Reached) Foremost {
	foremost := Foremost{}
	for _, g := range groups {
		for topic, partitions := range g {
			for id, p := range partitions {
				foremost.add(place{topic, id}, p)
			}
		}
	}
	return foremost
}

func (f Foremost) add(at place, p Position) {
	for i := range f[at] {
		if had := &f[at][i]; had.of(p.Topic) {
			had.Read = max(had.Read, p.Read)
			had.Topic = max(had.Topic, p.Topic) // one of them may not be known
			return
		}
	}
	f[at] = append(f[at], p)
}

// Until returns the offset below which a partition was read; 0 where that is not known.
func (f Foremost) Until(part *offsets.Partition) int64 {
	for _, p := range f[place{part.Topic, part.ID}] {
		if part.Origin.Marked(p.Topic) {
			return p.Read
		}
	}
	return 0
}

// Uneven says whether some destinations may have had more than others: those of another group, or by a note.
func Uneven(groups map[string]Reached) bool {
	for _, g := range groups {
		for _, partitions := range g {
			for _, p := range partitions {
				if p.uneven {
					return true
				}
			}
		}
	}
	return len(groups) > 1
}

// Passed says whether groups have settled all that was read. A topic of which none of them has a position is
// no more, and so is one that they have positions of under another identity.
func (f Foremost) Passed(groups map[string]Reached) bool {
	for at, positions := range f {
		for _, p := range positions {
			known, behind := false, false
			for _, g := range groups {
				is, has := g[at.topic][at.partition]
				has = has && is.of(p.Topic)
				known, behind = known || has, behind || !has || is.Settled < p.Read
			}
			if known && behind {
				return false
			}
		}
	}
	return true
}

// Behind returns how many records a group is read less far than the foremost, gaps between offsets included, and in
// how many partitions.
func (r Reached) Behind(foremost Foremost) (records int64, partitions int) {
	for at, positions := range foremost {
		for _, p := range positions {
			if n := p.Read - r[at.topic][at.partition].Read; n > 0 {
				records, partitions = records+n, partitions+1
			}
		}
	}
	return records, partitions
}
