package consumer

import (
	"context"
	"errors"
	"maps"
	"slices"
	"time"

	"github.com/twmb/franz-go/pkg/kerr"
	"go.uber.org/zap"

	"github.com/sluice-bridge/sluice/bridge/offsets"
)

// describeTries is how often a topic may be refused, or unknown, before the others are read without it:
// brokers that start do not know all topics at once.
const describeTries = 3

// origins looks up the identity of topics: without, deduplication ids would not be what they were before.
// The others come with what keeps them from being described. It does not take longer than a rebalance
// may, while the session waits.
func (s *Source) origins(ctx context.Context, partitions map[string][]int32) (known map[string]offsets.Origin, unknown map[string]error) {
	ctx, cancel := context.WithTimeout(ctx, s.opts.RebalanceTimeout/2)
	defer cancel()
	topics := slices.Collect(maps.Keys(partitions))
	known = make(map[string]offsets.Origin, len(topics))
	for try := 1; ; try++ {
		now, failed := s.describe(ctx, topics...)
		unknown = map[string]error{}
		for _, topic := range topics {
			err := failed
			if err == nil {
				err = now.Err(topic)
			}
			if err == nil {
				known[topic] = offsets.NewOrigin(now.Cluster, topic, now.Topics[topic].TopicID)
			} else if _, ok := known[topic]; !ok {
				unknown[topic] = err
			}
		}
		if len(unknown) == 0 || failed == nil && try >= describeTries {
			return known, unknown
		}
		s.log.Warn("topic ids cannot be looked up", zap.Error(errors.Join(slices.Collect(maps.Values(unknown))...)))
		select {
		case <-ctx.Done():
			return known, unknown
		case <-time.After(time.Second):
		}
	}
}

// gone says whether a topic was deleted, and not only may not be described.
func gone(err error) bool { return errors.Is(err, kerr.UnknownTopicOrPartition) }
