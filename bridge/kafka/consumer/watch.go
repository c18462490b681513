package consumer

import (
	"context"
	"errors"
	"time"

	"github.com/twmb/franz-go/pkg/kerr"

	"github.com/sluice-bridge/sluice/bridge/kafka"
	"github.com/sluice-bridge/sluice/bridge/kafka/watch"
)

// watchEvery is how often it is looked at what polls do not tell.
const watchEvery = 2 * time.Second

// logsEvery is how often it is asked where logs begin and end of which nothing is fetched.
const logsEvery = 10 * time.Second

// watch looks at what polls do not tell, until ctx ends.
func (s *Source) watch(ctx context.Context) {
	tick := time.NewTicker(watchEvery)
	defer tick.Stop()
	for looked := time.Now(); ; {
		select {
		case <-ctx.Done():
			return
		case now := <-tick.C:
			s.wake()
			s.takeUp(ctx)
			s.lookAgain(ctx, now)
			if now.Sub(looked) >= logsEvery {
				looked = now
				s.lookAtThrottles(now)
				s.lookAtLogs(ctx, now)
			}
		}
	}
}

// wake has the client look whether there is something to fetch. A client that is moved twice within a moment may
// lose a wake-up: the loop of a broker that still ends for the first move takes the one of the second along
// (source.loopFetch of franz-go 1.22), and nothing would be fetched from that broker until the next move or
// resumption.
func (s *Source) wake() { s.client.ResumeFetchPartitions(nil) }

func (s *Source) throttleKey() string { return "throttling of " + s.opts.Group }

// lookAtThrottles tells of a quota that holds this client up for most of the time while records wait. They may
// where it has no partition, or one of which it does not know yet: joining the group is held up as well.
func (s *Source) lookAtThrottles(now time.Time) {
	since := s.throttles.Look(now)
	if since.IsZero() || s.reachedEnd() {
		s.health.Resolve(s.throttleKey())
		return
	}
	if now.Sub(since) >= watch.StuckAfter {
		s.health.Report(s.throttleKey(), s.throttles.Holding(now).String())
	}
}

// lookAgain looks at the places of which no error came of late: the client stays silent of a partition
// that is paused, and of all that a broker holds which is away, whether they can be read or not.
func (s *Source) lookAgain(ctx context.Context, now time.Time) {
	places := s.failing.Quiet(now)
	if len(places) == 0 {
		return
	}
	look, cancel := context.WithTimeout(ctx, kafka.LookUpTimeout)
	defer cancel()
	_, regex := kafka.Subscription(s.opts.Topics)
	why := s.readable(look, places)
	s.gate.RLock() // no partition is given up meanwhile
	defer s.gate.RUnlock()
	for at, err := range why {
		switch {
		case !s.failing.Has(at):
			// It is no concern of this member any more, or over, since the look began.
		case err == nil:
			s.failing.Resolve(at)
		case look.Err() != nil && errors.Is(err, look.Err()):
			// No answer: it is as it was told.
		case regex && errors.Is(err, kerr.UnknownTopicOrPartition):
			s.failing.Drop(at) // nothing asks for a topic that nothing matches
		case at.Partition < 0 && at.Topic != "":
			s.failing.Report(at, kafka.Undescribed(err), false)
		default:
			s.failing.Report(at, "reading: "+s.throttles.Cause(err), false)
		}
	}
}

// readable returns what keeps places from being read.
func (s *Source) readable(ctx context.Context, places []kafka.TopicPartition) map[kafka.TopicPartition]error {
	return kafka.Fetchable(ctx, s.client, places, func(at kafka.TopicPartition) int64 {
		if a := s.assignment(at); a != nil {
			return a.highWatermark.Load()
		}
		return 0
	})
}

// holdings are what the partitions hold that are owned.
func (s *Source) holdings() (all []watch.Held) {
	for _, a := range s.held() {
		records, _ := a.part.Held()
		behind, known := a.lag()
		if !known {
			behind = -1
		}
		all = append(all, watch.Held{At: a.TopicPartition, Mark: a.part.Committable(), Records: records, Behind: behind, Paused: a.paused.Load()})
	}
	return all
}
