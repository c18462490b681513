package consumer

import (
	"context"
	"time"

	"github.com/twmb/franz-go/pkg/kadm"
	"github.com/twmb/franz-go/pkg/kerr"
	"github.com/twmb/franz-go/pkg/kgo"

	"github.com/sluice-bridge/sluice/bridge/kafka"
	"github.com/sluice-bridge/sluice/bridge/kafka/handover"
	"github.com/sluice-bridge/sluice/bridge/offsets"
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
		s.health.Recovered(s.key())
		return starts, nil
	}
	sharing := s.currentSharing()
	var found beginnings
	for {
		var err error
		if found, err = s.beginnings(ctx, topics); err == nil {
			found.own, err = sharing.Stopped(ctx, s.admin, sharing.Asked(notes))
		}
		if err == nil {
			break
		}
		if ctx.Err() != nil {
			return nil, ctx.Err()
		}
		s.health.Trouble(s.key(), "looking up where to start reading: "+s.throttles.Cause(err))
		select {
		case <-ctx.Done():
			return nil, ctx.Err()
		case <-time.After(time.Second):
		}
	}
	s.health.Recovered(s.key())
	s.takeOverBeginning(starts)
	var fresh newcomers
	s.gate.RLock()
	for t, partitions := range starts {
		for p, o := range partitions {
			at := kafka.TopicPartition{Topic: t, Partition: p}
			a := s.assigned[at]
			committed, note := o.EpochOffset(), notes[at]
			end, above := found.endBelow(at, committed)
			known := false
			switch {
			case uncommitted(o):
				o = fresh.begin(s.opts.Starts, found, at, a)
				if r, ok := s.remembered(at); ok {
					o, known = kgo.NewOffset().At(r.mark.Offset).WithEpoch(r.mark.Epoch), true
				}
			case a != nil && a.remade:
				o = offsetIn(found.first, at)
				above = false
			case above:
				// What was noted with it is no truer.
				o, note = offsetIn(found.first, at), ""
			default:
				known = true
			}
			var origin offsets.Origin
			if a != nil {
				origin = a.part.Origin
			}
			begin, reach := sharing.BeginAt(o, note, found.own.Of(at, origin))
			reach = s.fitted(at, origin, sharing, reach)
			begin = s.resumed(at, begin)
			if known {
				s.reportExpired(at, begin, found.first)
			}
			if above {
				s.reportAbove(at, committed.Offset, end, begin)
			}
			partitions[p] = begin
			if a != nil {
				mark := begin.EpochOffset()
				a.part.Begin(offsets.Mark{Offset: mark.Offset, Epoch: mark.Epoch}, reach)
				a.Lead.Store(mark.Offset)
				if end, ok := found.end.Lookup(t, p); ok && end.Err == nil {
					a.highWatermark.Store(max(a.highWatermark.Load(), end.Offset))
				}
			}
		}
	}
	s.gate.RUnlock()
	fresh.tell(s.log)
	// Before the first record is read: whoever has the partition next must not begin elsewhere.
	s.commitOpened(ctx, fresh.opened)
	s.admit(starts)
	return starts, nil
}

// admit takes records of partitions from now on. What the client has of them is from before, as it may go on with a
// partition that was to be forgotten (franz-go 1.22): it would be taken for what follows a gap. So the client gives that
// up, and begins as it is told.
func (s *Source) admit(starts map[string]map[int32]kgo.Offset) {
	begin := positions{}
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
			begin.set(at, to)
		}
	}
	s.moveTo(begin)
}

// uncommitted says whether the group has no offset for a partition: what stands then is the
// client's start offset, a negative one.
func uncommitted(o kgo.Offset) bool { return o.EpochOffset().Offset < 0 }

// beginnings are where partitions may begin.
type beginnings struct {
	first kadm.ListedOffsets  // the log's start
	own   handover.OwnOffsets // where groups of destinations stopped
	end   kadm.ListedOffsets  // for the lag of a partition of which nothing is fetched; none where not known
}

func (s *Source) beginnings(ctx context.Context, topics []string) (b beginnings, err error) {
	ctx, cancel := context.WithTimeout(ctx, kafka.LookUpTimeout)
	defer cancel()
	b.end, _ = s.admin.ListEndOffsets(ctx, topics...)
	// A partition that has no leader now keeps none of the others from being read: it is not asked
	// for where its start is committed, and else left to the client.
	b.first, err = kafka.KnownOffsets(s.admin.ListStartOffsets(ctx, topics...))
	return b, err
}

// offsetIn returns where a partition begins; at the log's start where that is not known.
func offsetIn(b kadm.ListedOffsets, at kafka.TopicPartition) kgo.Offset {
	if o, ok := b.Lookup(at.Topic, at.Partition); ok && o.Offset >= 0 {
		return kgo.NewOffset().At(o.Offset)
	}
	return kgo.NewOffset().AtStart()
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
