package consumer

import (
	"context"
	"time"

	"github.com/twmb/franz-go/pkg/kerr"
	"github.com/twmb/franz-go/pkg/kgo"

	"github.com/sluice-bridge/sluice/bridge/kafka"
	"github.com/sluice-bridge/sluice/bridge/kafka/handover"
	"github.com/sluice-bridge/sluice/bridge/kafka/opening"
	"github.com/sluice-bridge/sluice/bridge/offsets"
	"github.com/sluice-bridge/sluice/internal/pause"
)

// adjustOffsets decides where reading begins. It runs after partitions are assigned and before
// anything is fetched of them; ctx ends when the session does.
func (s *Source) adjustOffsets(ctx context.Context, starts map[string]map[int32]kgo.Offset) (map[string]map[int32]kgo.Offset, error) {
	<-s.made
	topics := make([]string, 0, len(starts))
	notes := map[kafka.TopicPartition]string{}
	for t, partitions := range starts {
		if len(partitions) == 0 {
			continue // all of it is refused, and so would be a look-up of its offsets, and of all others with it
		}
		topics = append(topics, t)
		for p := range partitions {
			notes[kafka.TopicPartition{Topic: t, Partition: p}] = s.notes[kafka.TopicPartition{Topic: t, Partition: p}]
		}
	}
	if len(topics) == 0 {
		s.health.Resolve(s.key())
		return starts, nil
	}
	sharing := s.currentSharing()
	var found opening.Bounds
	var own handover.OwnOffsets
	for {
		var err error
		if found, err = s.bounds(ctx, topics); err == nil {
			own, err = sharing.Stopped(ctx, s.admin, sharing.Asked(notes))
		}
		if err == nil {
			break
		}
		if ctx.Err() != nil {
			return nil, ctx.Err()
		}
		s.health.Report(s.key(), "looking up where to start reading: "+s.throttles.Cause(err))
		if !pause.For(ctx, time.Second) {
			return nil, ctx.Err()
		}
	}
	s.health.Resolve(s.key())
	s.takeOverBeginning(starts)
	assigned := opening.Assigned{Starts: s.opts.Starts, Bounds: found, Sharing: sharing, Own: own, Lost: s.lost}
	var opened []*assignment // those that begin where an Opening has said
	s.gate.RLock()
	for t, partitions := range starts {
		for p, committed := range partitions {
			at := kafka.TopicPartition{Topic: t, Partition: p}
			a := s.assigned[at]
			b := assigned.Begin(at, a.committed(committed, notes[at]))
			partitions[p] = b.Offset
			if b.Expired > 0 {
				s.tellExpired(at, "committed", b.Offset.EpochOffset().Offset, b.Expired)
			}
			if b.Above {
				s.reportAbove(at, committed.EpochOffset().Offset, b.End, b.Offset)
			}
			if a == nil {
				continue
			}
			if b.Opened {
				opened = append(opened, a)
			}
			s.begin(a, b, sharing)
			if end, ok := found.End(at); ok {
				a.highWatermark.Store(max(a.highWatermark.Load(), end))
			}
		}
	}
	s.gate.RUnlock()
	assigned.New.Log(s.log)
	// Before the first record is read: whoever has the partition next must not begin elsewhere.
	s.commitOpened(ctx, opened)
	s.admit(starts)
	return starts, nil
}

// admit takes records of partitions from now on. What the client has of them is from before, as it may go on with a
// partition that was to be forgotten (franz-go 1.22): it would be taken for what follows a gap. So the client gives that
// up, and begins as it is told.
func (s *Source) admit(starts map[string]map[int32]kgo.Offset) {
	begin := kafka.Positions{}
	s.gate.Lock()
	defer s.gate.Unlock()
	for t, partitions := range starts {
		for p, o := range partitions {
			at := kafka.TopicPartition{Topic: t, Partition: p}
			a := s.assigned[at]
			if a == nil || !a.early {
				continue
			}
			a.early = false
			to := o.EpochOffset()
			to.Offset = max(to.Offset, 0) // where the log begins, if that is not known
			begin.Set(at, to)
		}
	}
	begin.Move(s.client)
}

// committed is what the group says of a partition; nil stands for one that is not read.
func (a *assignment) committed(o kgo.Offset, note string) opening.Committed {
	c := opening.Committed{Offset: o, Note: note}
	if a != nil {
		c.Origin, c.Remade = &a.part.Origin, a.remade
	}
	return c
}

// begin has an assignment begin. Called with the gate read-locked.
func (s *Source) begin(a *assignment, b opening.Beginning, sharing handover.Sharing) {
	mark := b.Offset.EpochOffset()
	if b.Expired > 0 {
		a.Next.Store(b.Expired)
	}
	a.part.Begin(offsets.Position{Offset: mark.Offset, Epoch: mark.Epoch}, sharing.Fit(b.Reach, a.TopicPartition, a.part.Origin, s.log))
	a.Lead.Store(mark.Offset)
}

func (s *Source) bounds(ctx context.Context, topics []string) (opening.Bounds, error) {
	ctx, cancel := context.WithTimeout(ctx, kafka.LookUpTimeout)
	defer cancel()
	return opening.LookUpBounds(ctx, s.admin, topics)
}

// commitOpened commits where partitions begin that the group has no offset of. A topic that may not be
// committed, or is gone, keeps none of the others from being read.
func (s *Source) commitOpened(ctx context.Context, opened []*assignment) {
	byTopic := map[string][]*assignment{}
	for _, a := range opened {
		byTopic[a.Topic] = append(byTopic[a.Topic], a)
	}
	for _, of := range byTopic {
		s.commits.Until(ctx, entries(of), func() { s.polls.Add(1) }, kerr.TopicAuthorizationFailed, kerr.UnknownTopicOrPartition, kerr.UnknownTopicID)
	}
}
