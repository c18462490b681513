package consumer

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/twmb/franz-go/pkg/kadm"
	"github.com/twmb/franz-go/pkg/kerr"

	"github.com/sluice-bridge/sluice/bridge/kafka"
)

// A partition of which records wait and none comes looks like an idle one: the client asks again and again,
// and says nothing of a transaction that stays open, nor of a broker that throttles it.

// stall is since when nothing was fetched of a partition although the log goes on. Of the watch.
type stall struct {
	next  int64 // offset behind what was read
	since time.Time
	empty uint64 // polls by then for which the client had nothing
	told  bool
}

func stallKey(at kafka.TopicPartition) string { return "fetching " + at.String() }

// lookAtStalls tells of partitions of which records have waited for stuckAfter to be fetched, with what holds
// them up, and of those that have no beginning. unread are those of which nothing was fetched since the last
// look, and ends where their logs end; the others get on.
func (s *Source) lookAtStalls(ctx context.Context, unread map[kafka.TopicPartition]*assignment, ends map[kafka.TopicPartition]int64, now time.Time) {
	long, short, unplaced := map[kafka.TopicPartition]*assignment{}, map[kafka.TopicPartition]*assignment{}, map[kafka.TopicPartition]*assignment{}
	for at, a := range unread {
		next := a.expected()
		if next < 0 && a.begun() {
			next = a.bare.Load() // at the log's start, wherever that is
		}
		end, ok := ends[at]
		switch {
		case !ok:
		case next == end, next != a.stall.next, a.paused.Load(), a.stall.since.IsZero():
			s.getsOn(a, next, now)
		case now.Sub(a.stall.since) < stuckAfter:
		case next > end:
			short[at] = a
		case next >= 0:
			long[at] = a
		case !s.failing.Has(at):
			unplaced[at] = a
		}
	}
	if len(long) > 0 {
		s.tellLong(ctx, long, ends, now)
	}
	if len(short) > 0 {
		s.tellShort(ctx, short, ends, now)
	}
	if len(unplaced) > 0 {
		s.tellUnplaced(ctx, unplaced, now)
	}
}

// tellLong tells why nothing has been fetched for long.
func (s *Source) tellLong(ctx context.Context, long map[kafka.TopicPartition]*assignment, ends map[kafka.TopicPartition]int64, now time.Time) {
	var open map[kafka.TopicPartition]string
	if !s.opts.ReadUncommitted {
		next := map[kafka.TopicPartition]int64{}
		for at, a := range long {
			next[at] = a.stall.next
		}
		open = kafka.OpenTransactions(ctx, s.client, next)
	}
	ctx, cancel := context.WithTimeout(ctx, watchEvery) // however many they are, the watch goes on
	defer cancel()
	var unexplained []kafka.TopicPartition
	for at := range long {
		if open[at] == "" && !s.failing.Has(at) {
			unexplained = append(unexplained, at)
		}
	}
	why := s.readable(ctx, unexplained)
	for at, a := range long {
		text := open[at]
		if err, asked := why[at]; asked {
			text = s.silence(ctx, a, err)
		}
		if text != "" {
			s.stalled(a, fmt.Sprintf("nothing was fetched for %s, and %d records wait: %s",
				now.Sub(a.stall.since).Round(time.Second), ends[at]-a.stall.next, text))
		}
	}
}

// tellShort tells of logs that have ended for stuckAfter before what was read of them, as where an election has cut
// them off. The client goes back when a broker says to where (KIP-320); until then it asks again and again, and says
// nothing.
func (s *Source) tellShort(ctx context.Context, short map[kafka.TopicPartition]*assignment, ends map[kafka.TopicPartition]int64, now time.Time) {
	ask := kadm.OffsetForLeaderEpochRequest{}
	for at, a := range short {
		ask.Add(at.Topic, at.Partition, a.part.Mark().Epoch)
	}
	said, err := s.admin.OffsetForLeaderEpoch(ctx, ask)
	for at, a := range short {
		text := fmt.Sprintf("nothing was fetched for %s: the log ends at offset %d, and it was read up to %d; reading goes back when a broker says where the log was cut off",
			now.Sub(a.stall.since).Round(time.Second), ends[at], a.stall.next)
		cause := err
		if answer, ok := said[at.Topic][at.Partition]; ok {
			cause = answer.Err
		}
		if cause != nil {
			text += ": " + s.cause(cause)
		}
		s.stalled(a, text)
	}
}

// tellUnplaced tells of partitions of which the client has not been told for stuckAfter where to begin. While a
// transaction that commits offsets of the group is open it asks again and again, and says nothing (KIP-447).
func (s *Source) tellUnplaced(ctx context.Context, unplaced map[kafka.TopicPartition]*assignment, now time.Time) {
	offsets, err := s.admin.FetchOffsets(kadm.RequireStable(ctx), s.opts.Group)
	for at, a := range unplaced {
		cause := err
		if cause == nil {
			cause = offsets[at.Topic][at.Partition].Err
		}
		text := fmt.Sprintf("nothing was read for %s: the client has no offset of the group to begin at", now.Sub(a.stall.since).Round(time.Second))
		switch {
		case errors.Is(cause, kerr.UnstableOffsetCommit):
			text += "; a transaction that has committed one is open: " + cause.Error()
		case cause != nil:
			text += ": " + s.cause(cause)
		}
		s.stalled(a, text)
	}
}

// getsOn notes where a partition is that is fetched, has nothing to be fetched, or need not be.
func (s *Source) getsOn(a *assignment, next int64, now time.Time) {
	if a.stall.told {
		s.health.Recovered(stallKey(a.TopicPartition))
	}
	a.stall = stall{next: next, since: now, empty: s.empty.Load()}
}

// silence says why nothing is fetched where no transaction is open, by what keeps it from being read; "" where the
// client may have what waits.
func (s *Source) silence(ctx context.Context, a *assignment, err error) string {
	latest := s.throttles.holding(time.Now())
	var refused *kerr.Error
	switch {
	case errors.As(err, &refused):
		return err.Error()
	case latest.most():
		return latest.String()
	case err != nil && ctx.Err() != nil:
		return "" // the next look asks
	case err != nil:
		return err.Error()
	case a.stall.empty == s.empty.Load():
		return ""
	}
	return "its broker answers, and gives no reason"
}

// stalled tells of a partition for as long as it is this member's and nothing is fetched of it.
func (s *Source) stalled(a *assignment, text string) {
	s.gate.RLock()
	defer s.gate.RUnlock()
	if s.assigned[a.TopicPartition] == a && !a.fetched.Load() {
		a.stall.told = true
		s.health.Trouble(stallKey(a.TopicPartition), text)
	}
}
