package watch

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/twmb/franz-go/pkg/kadm"
	"github.com/twmb/franz-go/pkg/kerr"
	"github.com/twmb/franz-go/pkg/kgo"

	"github.com/sluice-bridge/sluice/bridge/kafka"
	"github.com/sluice-bridge/sluice/bridge/kafka/problem"
	"github.com/sluice-bridge/sluice/telemetry"
)

// A partition of which records wait and none comes looks like an idle one: the client asks again and again,
// and says nothing of a transaction that stays open, nor of a broker that throttles it.

// Stalls tells of partitions of which records have waited for StuckAfter to be fetched, with what holds them up, and of
// those that have no beginning.
type Stalls struct {
	Client          *kgo.Client
	Group           string
	ReadUncommitted bool
	Health          telemetry.Health
	// Unread is what else is known to be wrong: that is not told twice.
	Unread    *problem.Unread
	Throttles *Throttles
	// Empty is for how many polls the client had nothing.
	Empty func() uint64
	// Full says whether there is room for no record: the client is not polled.
	Full func() bool
	// WhileUnfetched calls do, as long as the partition of a stall is this member's and nothing is fetched of it.
	WhileUnfetched func(at kafka.TopicPartition, of *Stall, do func())
}

// Stall is since when nothing was fetched of a partition although the log goes on. The zero Stall is that of one at
// which nobody has looked.
type Stall struct {
	next  int64 // offset behind what was read
	since time.Time
	empty uint64 // polls by then for which the client had nothing
	told  bool
}

// Unfetched is a partition of which nothing was fetched since the last look.
type Unfetched struct {
	At     kafka.TopicPartition
	Stall  *Stall
	Next   int64 // the offset of the next record; less than 0 where that is not known
	Epoch  int32 // of the leader that wrote what was settled last; -1 where that is not known
	Paused bool  // nothing is asked for
}

// StallKey is what Health calls a partition.
func StallKey(at kafka.TopicPartition) string { return "fetching " + at.String() }

// Look looks at the partitions of which nothing was fetched since the last look; ends is where their logs end. The others
// get on.
func (s *Stalls) Look(ctx context.Context, unfetched []Unfetched, ends map[kafka.TopicPartition]int64, now time.Time) {
	var long, short, unplaced []Unfetched
	for _, p := range unfetched {
		end, ok := ends[p.At]
		switch {
		case !ok:
		case p.Next == end, p.Next != p.Stall.next, p.Paused, p.Stall.since.IsZero():
			s.GetsOn(p.At, p.Stall, p.Next, now)
		case now.Sub(p.Stall.since) < StuckAfter:
		case p.Next > end:
			short = append(short, p)
		case p.Next >= 0:
			long = append(long, p)
		case !s.Unread.Has(p.At):
			unplaced = append(unplaced, p)
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

// GetsOn notes where a partition is that is fetched, has nothing to be fetched, or need not be.
func (s *Stalls) GetsOn(at kafka.TopicPartition, of *Stall, next int64, now time.Time) {
	if of.told {
		s.Health.Resolve(StallKey(at))
	}
	*of = Stall{next: next, since: now, empty: s.Empty()}
}

// explainTimeout bounds the search for what holds partitions up: however many they are, the watch goes on.
const explainTimeout = 2 * time.Second

// tellLong tells why nothing has been fetched for long.
func (s *Stalls) tellLong(ctx context.Context, long []Unfetched, ends map[kafka.TopicPartition]int64, now time.Time) {
	var open map[kafka.TopicPartition]string
	if !s.ReadUncommitted {
		next := map[kafka.TopicPartition]int64{}
		for _, p := range long {
			next[p.At] = p.Stall.next
		}
		open = kafka.OpenTransactions(ctx, s.Client, next)
	}
	ctx, cancel := context.WithTimeout(ctx, explainTimeout)
	defer cancel()
	var unexplained []kafka.TopicPartition
	for _, p := range long {
		if open[p.At] == "" && !s.Unread.Has(p.At) {
			unexplained = append(unexplained, p.At)
		}
	}
	why := kafka.Fetchable(ctx, s.Client, unexplained, func(at kafka.TopicPartition) int64 { return ends[at] })
	for _, p := range long {
		text := open[p.At]
		if err, asked := why[p.At]; asked {
			text = s.silence(ctx, p.Stall, err)
		}
		if text != "" {
			s.tell(p, fmt.Sprintf("nothing was fetched for %s, and %d records wait: %s",
				now.Sub(p.Stall.since).Round(time.Second), ends[p.At]-p.Stall.next, text))
		}
	}
}

// silence says why nothing is fetched where no transaction is open, by what keeps it from being read; "" where the
// client may have what waits.
func (s *Stalls) silence(ctx context.Context, of *Stall, err error) string {
	latest := s.Throttles.Holding(time.Now())
	var refused *kerr.Error
	switch {
	case errors.As(err, &refused):
		return err.Error()
	case latest.Most():
		return latest.String()
	case err != nil && ctx.Err() != nil:
		return "" // the next look asks
	case err != nil:
		return err.Error()
	case of.empty == s.Empty(), s.Full():
		return ""
	}
	return "its broker answers, and gives no reason"
}

// tellShort tells of logs that have ended for StuckAfter before what was read of them, as where an election has cut
// them off. The client goes back when a broker says to where (KIP-320); until then it asks again and again, and says
// nothing.
func (s *Stalls) tellShort(ctx context.Context, short []Unfetched, ends map[kafka.TopicPartition]int64, now time.Time) {
	ask := kadm.OffsetForLeaderEpochRequest{}
	for _, p := range short {
		ask.Add(p.At.Topic, p.At.Partition, p.Epoch)
	}
	said, err := kadm.NewClient(s.Client).OffsetForLeaderEpoch(ctx, ask)
	for _, p := range short {
		text := fmt.Sprintf("nothing was fetched for %s: the log ends at offset %d, and it was read up to %d; reading goes back when a broker says where the log was cut off",
			now.Sub(p.Stall.since).Round(time.Second), ends[p.At], p.Stall.next)
		cause := err
		if answer, ok := said[p.At.Topic][p.At.Partition]; ok {
			cause = answer.Err
		}
		if cause != nil {
			text += ": " + s.Throttles.Cause(cause)
		}
		s.tell(p, text)
	}
}

// tellUnplaced tells of partitions of which the client has not been told for StuckAfter where to begin. While a
// transaction that commits offsets of the group is open it asks again and again, and says nothing (KIP-447).
func (s *Stalls) tellUnplaced(ctx context.Context, unplaced []Unfetched, now time.Time) {
	offsets, err := kadm.NewClient(s.Client).FetchOffsets(kadm.RequireStable(ctx), s.Group)
	for _, p := range unplaced {
		cause := err
		if cause == nil {
			cause = offsets[p.At.Topic][p.At.Partition].Err
		}
		text := fmt.Sprintf("nothing was read for %s: the client has no offset of the group to begin at", now.Sub(p.Stall.since).Round(time.Second))
		switch {
		case errors.Is(cause, kerr.UnstableOffsetCommit):
			text += "; a transaction that has committed one is open: " + cause.Error()
		case cause != nil:
			text += ": " + s.Throttles.Cause(cause)
		}
		s.tell(p, text)
	}
}

func (s *Stalls) tell(p Unfetched, text string) {
	s.WhileUnfetched(p.At, p.Stall, func() {
		p.Stall.told = true
		s.Health.Report(StallKey(p.At), text)
	})
}
