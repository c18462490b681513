package consumer

import (
	"context"
	"time"

	"github.com/twmb/franz-go/pkg/kadm"
	"github.com/twmb/franz-go/pkg/kgo"
	"go.uber.org/zap"

	"github.com/sluice-bridge/sluice/bridge/kafka"
	"github.com/sluice-bridge/sluice/bridge/kafka/handover"
	"github.com/sluice-bridge/sluice/bridge/offsets"
	"github.com/sluice-bridge/sluice/bridge/offsets/progress"
)

// A member that the group has given up joins again with another member id. The client does that by
// itself in the middle of a rebalance, calls no callback for partitions that it is given again, and
// would commit what was read before in the name of the new member: over what others have committed
// meanwhile, as the broker does not check who owns a partition. So an assignment belongs to the
// member id under which it began.

// reclaimAgain is how long to wait before what could not be reclaimed is tried again.
const reclaimAgain = time.Second

// reclaim begins anew the assignments that an earlier member of this process left behind: what was
// read of them is given up, and reading goes on at what is committed, or at what was settled where
// that is further.
func (s *Source) reclaim(ctx context.Context) {
	stale := s.outlived()
	if len(stale) == 0 || time.Since(s.reclaimed) < reclaimAgain {
		return
	}
	s.reclaimed = time.Now()
	of := map[string][]int32{}
	for _, a := range stale {
		of[a.Topic] = append(of[a.Topic], a.Partition)
	}
	ctx, cancel := context.WithTimeout(ctx, kafka.LookUpTimeout)
	defer cancel()
	sharing := s.currentSharing()
	committed, err := s.committedOffsets(ctx, of)
	var own handover.OwnOffsets
	if err == nil {
		own, err = sharing.Stopped(ctx, s.admin, sharing.Asked(handover.NotesOf(committed)))
	}
	if err != nil {
		s.log.Warn("the offsets that other instances committed cannot be looked up", zap.String("problem", s.throttles.Cause(err)))
		return // until the next turn
	}
	again := map[*assignment]beginning{}
	for _, a := range stale {
		o, ok := committed.Lookup(a.Topic, a.Partition)
		if !ok || o.Err != nil {
			continue // it cannot be known: until a later turn
		}
		begin := beginning{a.part.Committable(), a.part.Progress()}
		if o.At >= 0 && !a.part.Origin.Replaces(o.Metadata) {
			last, reach := sharing.Begin(o.Offset, own.Of(a.TopicPartition, a.part.Origin))
			begin.reach = sharing.Fit(reach, a.TopicPartition, a.part.Origin, s.log)
			if last.At > begin.mark.Offset {
				begin.mark = offsets.Position{Offset: last.At, Epoch: last.LeaderEpoch}
			}
		}
		again[a] = begin
	}
	if len(again) == 0 {
		return
	}
	s.restart(again)
	s.log.Warn("this instance has a new member id: partitions are read again from what is settled, and what was in flight is sent again", zap.Int("partitions", len(again)))
}

// committedOffsets looks up what the group has committed of partitions, each with an error of its own.
func (s *Source) committedOffsets(ctx context.Context, of map[string][]int32) (kadm.OffsetResponses, error) {
	found, err := kafka.FetchOffsetsOf(ctx, s.client, s.opts.Group, of)
	if err != nil {
		return nil, err
	}
	if err := handover.CheckVersions(s.opts.Group, found); err != nil {
		s.fail(err)
		return nil, err
	}
	return found, nil
}

// outlived returns the assignments of an earlier member of which something was read.
func (s *Source) outlived() []*assignment {
	s.gate.RLock()
	var stale, unread []*assignment
	for _, a := range s.assigned {
		switch {
		case a.member == s.member:
		case a.unread():
			unread = append(unread, a)
		default:
			stale = append(stale, a)
		}
	}
	s.gate.RUnlock()
	if len(unread) > 0 {
		s.takeOver(unread)
	}
	return stale
}

// unread says whether nothing was read of an assignment yet, nor is it known where it begins; untouched, the first alone.
// Called with the gate locked, by the poll loop.
func (a *assignment) unread() bool { return a.part.Committable().Offset < 0 && a.untouched() }
func (a *assignment) untouched() bool {
	return a.Next.Load() < 0 && len(a.waiting.Records) == 0 && a.alone == nil
}

// takeOver gives assignments of which nothing was read to the current member.
func (s *Source) takeOver(unread []*assignment) {
	s.gate.Lock()
	defer s.gate.Unlock()
	for _, a := range unread {
		if s.assigned[a.TopicPartition] != a || !a.unread() {
			continue
		}
		if now := s.handOn(a); a.begun() {
			now.part.Begin(a.part.Committable(), a.part.Progress())
		}
	}
}

// takeOverBeginning gives partitions that begin now to the current member, where an earlier one has read nothing of
// them: else nobody would commit where that is.
func (s *Source) takeOverBeginning(offsets map[string]map[int32]kgo.Offset) {
	s.gate.Lock()
	defer s.gate.Unlock()
	for topic, partitions := range offsets {
		for id := range partitions {
			a := s.assigned[kafka.TopicPartition{Topic: topic, Partition: id}]
			if a != nil && a.member != s.member && a.untouched() {
				s.handOn(a)
			}
		}
	}
}

// handOn replaces an assignment of which nothing was read by one of the current member. Called with the gate locked.
func (s *Source) handOn(a *assignment) *assignment {
	now := newAssignment(a.TopicPartition, s.member, offsets.NewTracker(a.Topic, a.Partition, a.part.Origin, s.window))
	now.remade, now.early = a.remade, a.early
	now.doubt, now.refused = a.doubt, a.refused
	now.paused.Store(a.paused.Load())
	now.highWatermark.Store(a.highWatermark.Load())
	now.Lead.Store(a.Lead.Load())
	a.part.Close()
	s.assigned[a.TopicPartition] = now
	return now
}

// beginning is where an assignment begins, and how far the destinations are done then.
type beginning struct {
	mark  offsets.Position
	reach progress.Progress
}

// upTo returns a beginning that is not beyond where the log was cut off, if it was.
func (b beginning) upTo(cut offsets.Position) beginning {
	if cut.Offset < 0 {
		return b
	}
	if cut.Offset < b.mark.Offset {
		b.mark = cut
	}
	return beginning{b.mark, b.reach.Back(cut.Offset)}
}

// restart closes assignments and begins them anew, for the current member. Whatever the reason, a cut of
// the log that was told meanwhile counts: the new assignment is not told of it.
func (s *Source) restart(at map[*assignment]beginning) {
	moves := kafka.Positions{}
	s.gate.Lock()
	defer s.gate.Unlock()
	for a, begin := range at {
		if s.assigned[a.TopicPartition] != a || begin.mark.Offset < 0 {
			continue
		}
		if begin = begin.upTo(a.Cut()); a.Cut().Offset >= 0 {
			delete(s.lost, a.TopicPartition) // it may be of records that are no more
		}
		mark := begin.mark
		s.shut(a)
		again := newAssignment(a.TopicPartition, s.member, offsets.NewTracker(a.Topic, a.Partition, a.part.Origin, s.window))
		again.part.Begin(mark, begin.reach)
		again.early = a.early
		again.Moved()
		again.Lead.Store(min(a.Lead.Load(), mark.Offset)) // a client that has not begun stays where it is
		again.paused.Store(a.paused.Load())
		again.highWatermark.Store(a.highWatermark.Load())
		s.assigned[a.TopicPartition] = again
		moves.Set(a.TopicPartition, kgo.EpochOffset{Epoch: mark.Epoch, Offset: mark.Offset})
	}
	moves.Move(s.client)
	s.intake.Sweep()
}
