package consumer

import (
	"context"
	"errors"
	"time"

	"github.com/twmb/franz-go/pkg/kerr"

	"github.com/sluice-bridge/sluice/bridge/kafka"
)

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
			s.failing.Recovered(at)
		case look.Err() != nil && errors.Is(err, look.Err()):
			// No answer: it is as it was told.
		case regex && errors.Is(err, kerr.UnknownTopicOrPartition):
			s.failing.Forget(at) // nothing asks for a topic that nothing matches
		case at.Partition < 0 && at.Topic != "":
			s.failing.Report(at, unreadable(err), false)
		default:
			s.failing.Report(at, "reading: "+s.cause(err), false)
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
