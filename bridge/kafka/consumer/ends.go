package consumer

import (
	"context"
	"maps"
	"slices"
	"time"

	"github.com/sluice-bridge/sluice/bridge/kafka"
)

// lookAtLogs asks where the logs begin and end of partitions of which nothing was fetched since the last
// look: their lag grows, and retention passes by them, whether they are read or not.
func (s *Source) lookAtLogs(ctx context.Context, now time.Time) {
	unread := map[kafka.TopicPartition]*assignment{}
	s.gate.RLock()
	for at, a := range s.assigned {
		if a.fetched.Swap(false) {
			a.mute = false
			s.getsOn(a, a.expected(), now)
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
		if a.begun() && a.expected() < 0 { // it begins at the log's start, wherever that is
			a.bare.Store(start)
		}
		s.passed(a, start)
		s.skip(a, start)
	}
	look, cancel := context.WithTimeout(ctx, kafka.LookUpTimeout)
	defer cancel()
	s.renewPaused(look, unread)
	s.lookAtStalls(look, unread, ends, now)
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
		text += ": " + s.cause(err)
	}
	s.gate.RLock()
	defer s.gate.RUnlock()
	if s.assigned[a.TopicPartition] == a && !a.fetched.Load() {
		s.failing.Report(a.TopicPartition, text, false)
	}
}
