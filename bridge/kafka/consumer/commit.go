package consumer

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/twmb/franz-go/pkg/kerr"
	"github.com/twmb/franz-go/pkg/kgo"
	"github.com/twmb/franz-go/pkg/kmsg"

	"github.com/sluice-bridge/sluice/bridge/kafka"
	"github.com/sluice-bridge/sluice/bridge/kafka/watch"
	"github.com/sluice-bridge/sluice/bridge/offsets"
)

// commitLoop commits what is settled until ctx ends, as a log commits groups of transactions: while one
// commit is under way the next one gathers, and it begins when the one before is acknowledged and what
// has gathered is worth it. Commits never run on the way of an acknowledgement.
func (s *Source) commitLoop(ctx context.Context) {
	timer := time.NewTimer(s.opts.CommitInterval)
	defer timer.Stop()
	settling := watch.NewSettling(s.health)
	defer settling.Forget()
	failures := 0
	for {
		select {
		case <-ctx.Done():
			return
		case <-s.window.Due():
		case <-timer.C:
		}
		all := s.held()
		s.window.Passed()
		offsets, err := s.commit(all)
		if offsets == 0 && err == nil {
			// What could not be committed has found another owner.
			s.health.Recovered(s.commitKey())
		}
		failures++
		var wait time.Duration // none, after the rest
		if err == nil {
			failures, wait = 0, s.opts.CommitInterval
		}
		now := time.Now()
		settling.Look(func() []watch.Held { return holdings(all) }, now)
		if !s.restCommits(ctx, max(s.opts.Budget.spend(offsets, now), s.commitBackoff(failures))) {
			return
		}
		timer.Reset(wait)
	}
}

const (
	// commitAgain is how soon a commit that failed is tried again.
	commitAgain = 100 * time.Millisecond
	// commitTick is how often the committer shows that it is alive while it rests.
	commitTick = time.Second
)

// commitBackoff is how long to rest after so many commits in a row have failed.
func (s *Source) commitBackoff(failures int) time.Duration {
	if failures == 0 {
		return 0
	}
	return min(commitAgain<<min(failures-1, 10), max(commitAgain, s.opts.CommitInterval))
}

// restCommits waits between two commits; false when ctx ended first.
func (s *Source) restCommits(ctx context.Context, rest time.Duration) bool {
	for until := time.Now().Add(rest); ; {
		s.ticks.Add(1)
		left := time.Until(until)
		if left <= 0 {
			return ctx.Err() == nil
		}
		select {
		case <-ctx.Done():
			return false
		case <-time.After(min(left, commitTick)):
		}
	}
}

// held returns the current assignments, those that are leaving included.
func (s *Source) held() []*assignment {
	s.gate.RLock()
	defer s.gate.RUnlock()
	all := make([]*assignment, 0, len(s.assigned)+len(s.leaving))
	for _, a := range s.assigned {
		all = append(all, a)
	}
	for _, a := range s.leaving {
		all = append(all, a)
	}
	return all
}

// holdings are what partitions hold.
func holdings(of []*assignment) []watch.Held {
	all := make([]watch.Held, 0, len(of))
	for _, a := range of {
		records, _ := a.part.Held()
		behind, known := a.lag()
		if !known {
			behind = -1
		}
		all = append(all, watch.Held{At: a.TopicPartition, Mark: a.part.Mark(), Records: records, Behind: behind})
	}
	return all
}

// memberGone are the errors of a commit that no later one of the same member mends.
var memberGone = []error{errNotMember, kerr.UnknownMemberID, kerr.IllegalGeneration, kerr.FencedInstanceID}

// commitAll commits until that has succeeded or is of no use, or ctx ends: what a member that leaves
// has not committed is sent again by the next.
func (s *Source) commitAll(ctx context.Context, of []*assignment) {
	s.commitUntil(ctx, of, memberGone)
}

// commitOpened commits where partitions begin that the group has no offset of. A topic that may not be
// committed, or is gone, keeps none of the others from being read.
func (s *Source) commitOpened(ctx context.Context, opened []*assignment) {
	byTopic := map[string][]*assignment{}
	for _, a := range opened {
		byTopic[a.Topic] = append(byTopic[a.Topic], a)
	}
	lasting := slices.Concat(memberGone, []error{kerr.TopicAuthorizationFailed, kerr.UnknownTopicOrPartition, kerr.UnknownTopicID})
	for _, of := range byTopic {
		s.commitUntil(ctx, of, lasting)
	}
}

// commitUntil commits until that has succeeded, or fails with one of the errors that last, or ctx ends.
func (s *Source) commitUntil(ctx context.Context, of []*assignment, lasting []error) {
	for {
		_, err := s.commit(of)
		if err == nil || slices.ContainsFunc(lasting, func(l error) bool { return errors.Is(err, l) }) {
			return
		}
		select {
		case <-ctx.Done():
			return
		case <-time.After(commitAgain):
			s.polls.Add(1) // as in a drain
		}
	}
}

// commit writes the marks of assignments that have moved since they were last committed, and returns how
// many those are. A failed commit is no harm: the marks stay, and the next one takes them.
func (s *Source) commit(of []*assignment) (moved int, failed error) {
	s.gate.RLock()
	member := s.member
	s.gate.RUnlock()
	ctx, cancel := context.WithTimeout(context.Background(), kafka.CommitTimeout)
	if err := s.committing.Take(ctx); err != nil {
		cancel()
		return 0, err
	}
	offsets := positions{}
	sent := map[kafka.TopicPartition]sentMark{}
	notes := map[kafka.TopicPartition]string{}
	for _, a := range of {
		mark, note := a.part.Position()
		if a.part.Closed() || a.member != member || mark.Offset < 0 || mark.Offset == a.committed.Offset {
			continue
		}
		offsets.set(a.TopicPartition, kgo.EpochOffset{Epoch: mark.Epoch, Offset: mark.Offset})
		sent[a.TopicPartition] = sentMark{a, mark}
		notes[a.TopicPartition] = note
	}
	if len(offsets) == 0 {
		s.committing.Give()
		cancel()
		return 0, nil
	}
	began := time.Now()
	done := make(chan error, 1)
	go func() {
		defer cancel()
		defer s.committing.Give()
		done <- s.write(kgo.PreCommitFnContext(ctx, bound(member, noted(notes))), offsets, sent)
	}()
	// The client notices the end of its time only once the broker lets it send: a quota may hold up what is sent before.
	select {
	case failed = <-done:
	case <-ctx.Done():
		select {
		case failed = <-done: // both were ready
		default:
			failed = ctx.Err()
		}
	}
	if s.opts.Commits != nil {
		s.opts.Commits.Observe(time.Since(began).Seconds())
	}
	s.judgeCommit(failed)
	return len(sent), failed
}

// write commits offsets, and notes those that the broker has.
func (s *Source) write(ctx context.Context, offsets positions, sent map[kafka.TopicPartition]sentMark) (failed error) {
	s.client.CommitOffsetsSync(ctx, offsets, func(_ *kgo.Client, _ *kmsg.OffsetCommitRequest, resp *kmsg.OffsetCommitResponse, err error) {
		if err != nil {
			failed = err
			return
		}
		for _, t := range resp.Topics {
			for _, p := range t.Partitions {
				at := kafka.TopicPartition{Topic: t.Topic, Partition: p.Partition}
				if err := kerr.ErrorForCode(p.ErrorCode); err != nil {
					failed = fmt.Errorf("%s: %w", at, err)
				} else if s, ok := sent[at]; ok {
					s.of.committed = s.mark
				}
			}
		}
	})
	return failed
}

// sentMark is a mark on its way to the broker.
type sentMark struct {
	of   *assignment
	mark offsets.Mark
}

func (s *Source) commitKey() string { return "commit " + s.opts.Group }

func (s *Source) judgeCommit(err error) {
	switch {
	case err == nil:
		s.health.Recovered(s.commitKey())
	case errors.Is(err, kerr.FencedInstanceID):
		// Two processes with one instance id: only one of them can be a member.
		s.fail(fmt.Errorf("another process has joined group %s with kafka.instance_id %q; give each instance its own", s.opts.Group, s.opts.InstanceID))
	case errors.Is(err, errNotMember), errors.Is(err, kerr.RebalanceInProgress), errors.Is(err, kerr.IllegalGeneration), errors.Is(err, kerr.UnknownMemberID):
		// Membership is changing; what was settled is committed, or read again, after it.
		s.log.Debug("commit during a rebalance")
	default:
		s.health.Trouble(s.commitKey(), "offsets cannot be committed: "+s.throttles.Cause(err))
	}
}

// fail ends Run with an error.
func (s *Source) fail(err error) {
	select {
	case s.fatal <- err:
	default:
	}
}
