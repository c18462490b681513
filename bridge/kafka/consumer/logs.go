package consumer

import (
	"context"
	"maps"
	"slices"
	"strconv"
	"time"

	"go.uber.org/zap"

	"github.com/sluice-bridge/sluice/bridge/kafka"
	"github.com/sluice-bridge/sluice/bridge/kafka/watch"
	"github.com/sluice-bridge/sluice/bridge/offsets"
)

// lookAtLogs asks where the logs begin and end of partitions of which nothing was fetched since the last
// look: their lag grows, and retention passes by them, whether they are read or not.
func (s *Source) lookAtLogs(ctx context.Context, now time.Time) {
	unread := map[kafka.TopicPartition]*assignment{}
	s.gate.RLock()
	for at, a := range s.assigned {
		if a.fetched.Swap(false) {
			a.mute = false
			s.stalls.GetsOn(at, &a.stall, a.Expected(), now)
		} else {
			unread[at] = a
		}
	}
	s.gate.RUnlock()
	if len(unread) == 0 {
		return
	}
	known := map[kafka.TopicPartition]int64{}
	for at, a := range unread {
		known[at] = a.highWatermark.Load()
	}
	ends, starts, refused := kafka.ListLogs(ctx, s.client, slices.Collect(maps.Keys(unread)))
	for at, a := range unread {
		if end, ok := ends[at]; ok {
			a.highWatermark.CompareAndSwap(known[at], end) // a fetch knows better
			a.mute = false
		} else if ctx.Err() == nil {
			s.unanswered(a, refused[at])
		}
	}
	for at, start := range starts {
		a := unread[at]
		if a.begun() && a.Expected() < 0 { // it begins at the log's start, wherever that is
			a.bare.Store(start)
		}
		s.passed(a, start)
		s.skip(a, start)
	}
	look, cancel := context.WithTimeout(ctx, kafka.LookUpTimeout)
	defer cancel()
	unfetched := make([]watch.Unfetched, 0, len(unread))
	for at, a := range unread {
		next := a.Expected()
		if next < 0 && a.begun() {
			next = a.bare.Load() // at the log's start, wherever that is
		}
		unfetched = append(unfetched, watch.Unfetched{At: at, Stall: &a.stall, Next: next, Epoch: a.part.Committable().Epoch, Paused: a.paused.Load()})
	}
	s.renewPaused(look, unread)
	s.stalls.Look(look, unfetched, ends, now)
}

// whileUnfetched calls do while a partition is this member's and nothing is fetched of it.
func (s *Source) whileUnfetched(at kafka.TopicPartition, of *watch.Stall, do func()) {
	s.gate.RLock()
	defer s.gate.RUnlock()
	if a := s.assigned[at]; a != nil && &a.stall == of && !a.fetched.Load() {
		do()
	}
}

// unanswered tells of a partition of which nothing is fetched, and its broker does not say where it ends, nor did
// at the look before: a leader may be elected at the time of one. The client tries to fetch of a broker that it
// cannot reach again and again, and says nothing. Whether that is over, lookAgain sees.
func (s *Source) unanswered(a *assignment, err error) {
	if !a.mute {
		a.mute = true
		return
	}
	text := "nothing is read, and its broker does not say where it ends"
	if err != nil {
		text += ": " + s.throttles.Cause(err)
	}
	s.gate.RLock()
	defer s.gate.RUnlock()
	if s.assigned[a.TopicPartition] == a && !a.fetched.Load() {
		s.failing.Report(a.TopicPartition, text, false)
	}
}

// passed tells of records that were deleted while the partition was not read: where it is paused, or
// nothing follows them, no fetch shows that. And it begins a partition at the log's start of which that was not to be
// had before. Called by the watch.
func (s *Source) passed(a *assignment, start int64) {
	before := a.looked
	a.looked = watch.Look{Next: a.Expected(), Paused: a.paused.Load(), Polls: s.polls.Load(), Empty: s.empty.Load()}
	next := a.looked.Next
	if next >= start || !a.looked.Emptied(before) || !a.begun() {
		return
	}
	s.gate.Lock() // nothing is read meanwhile
	defer s.gate.Unlock()
	switch {
	case s.assigned[a.TopicPartition] != a || a.Expected() != next:
	case next < 0:
		a.part.Begin(offsets.Position{Offset: start, Epoch: -1}, a.part.Progress())
	default:
		s.tellExpired(a.TopicPartition, "read_to", next, start)
		a.Next.Store(start)
	}
}

// skip moves the mark of a partition to the log's start, once nothing before that is to be settled any more: where no
// record comes, the group would lag behind it for ever. Called by the watch.
func (s *Source) skip(a *assignment, start int64) {
	if a.part.Committable().Offset >= start || a.Expected() < start {
		return
	}
	s.gate.Lock() // nothing is read meanwhile
	defer s.gate.Unlock()
	if s.assigned[a.TopicPartition] == a && len(a.waiting.Records) == 0 && a.alone == nil && a.Expected() >= start {
		a.part.Skip(start)
	}
}

// Lag returns the records between what is settled and the end of the partitions that are owned.
func (s *Source) Lag() int64 {
	var lag int64
	for _, a := range s.held() {
		behind, _ := a.lag()
		lag += behind
	}
	return lag
}

// reachedEnd says whether nothing waits in partitions that are owned, of which there are some.
func (s *Source) reachedEnd() bool {
	held := s.held()
	for _, a := range held {
		if behind, _ := a.lag(); behind > 0 || !a.begun() {
			return false
		}
	}
	return len(held) > 0
}

// lag returns the records between what is settled and the end of the partition, which is known from
// when it is known where reading begins. What was found to hold no record for anybody counts as settled.
func (a *assignment) lag() (records int64, known bool) {
	mark := a.part.Committable().Offset
	return max(a.highWatermark.Load()-max(mark, a.bare.Load()), 0), mark >= 0
}

// tellExpired tells of records that Kafka's retention deleted before they were read. Between the offsets
// may have been gaps, so that it is no more than these. position names what the first offset is.
func (s *Source) tellExpired(at kafka.TopicPartition, position string, from, start int64) {
	s.log.Error("records were deleted by the topic's retention before they were read",
		zap.Stringer("partition", at), zap.Int64(position, from),
		zap.Int64("log_start", start), zap.String("at_most", strconv.FormatInt(start-from, 10)))
}
