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
	var fresh opening.Newcomers
	var opened []*assignment // those that begin where an Opening has said
	s.gate.RLock()
	for t, partitions := range starts {
		for p, o := range partitions {
			at := kafka.TopicPartition{Topic: t, Partition: p}
			a := s.assigned[at]
			committed, note := o.EpochOffset(), notes[at]
			end, above := found.EndBelow(at, committed)
			known := false
			switch {
			case uncommitted(o):
				var origin *offsets.TopicIdentity
				if a != nil {
					origin = &a.part.Origin
				}
				var isOpened bool
				if o, isOpened = fresh.Begin(s.opts.Starts, found, at, origin); isOpened {
					opened = append(opened, a)
				}
				if r, ok := s.remembered(at); ok {
					o, known = kgo.NewOffset().At(r.mark.Offset).WithEpoch(r.mark.Epoch), true
				}
			case a != nil && a.remade:
				o = found.Start(at)
				above = false
			case above:
				// What was noted with it is no truer.
				o, note = found.Start(at), ""
			default:
				known = true
			}
			var origin offsets.TopicIdentity
			if a != nil {
				origin = a.part.Origin
			}
			begin, reach := sharing.BeginAt(o, note, own.Of(at, origin))
			reach = sharing.Fit(reach, at, origin, s.log)
			begin = s.resumed(at, begin)
			if known {
				s.reportExpired(at, begin, found)
			}
			if above {
				s.reportAbove(at, committed.Offset, end, begin)
			}
			partitions[p] = begin
			if a != nil {
				mark := begin.EpochOffset()
				a.part.Begin(offsets.Position{Offset: mark.Offset, Epoch: mark.Epoch}, reach)
				a.Lead.Store(mark.Offset)
				if end, ok := found.End(at); ok {
					a.highWatermark.Store(max(a.highWatermark.Load(), end))
				}
			}
		}
	}
	s.gate.RUnlock()
	fresh.Log(s.log)
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

// uncommitted says whether the group has no offset for a partition: what stands then is the
// client's start offset, a negative one.
func uncommitted(o kgo.Offset) bool { return o.EpochOffset().Offset < 0 }

func (s *Source) bounds(ctx context.Context, topics []string) (opening.Bounds, error) {
	ctx, cancel := context.WithTimeout(ctx, kafka.LookUpTimeout)
	defer cancel()
	return opening.LookUpBounds(ctx, s.admin, topics)
}

// resumed returns where reading goes on after a loss: at what was settled before it, where that is
// beyond what is committed.
func (s *Source) resumed(at kafka.TopicPartition, o kgo.Offset) kgo.Offset {
	r, ok := s.remembered(at)
	if !ok || r.mark.Offset <= o.EpochOffset().Offset {
		return o
	}
	return kgo.NewOffset().At(r.mark.Offset).WithEpoch(r.mark.Epoch)
}

// remembered returns what is known of a partition that was lost not long ago. Called with the gate read-locked.
func (s *Source) remembered(at kafka.TopicPartition) (resumption, bool) {
	r, ok := s.resume[at]
	a := s.assigned[at]
	return r, ok && a != nil && a.part.Origin == r.origin && time.Since(r.at) <= resumeWithin
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
