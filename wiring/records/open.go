package records

import (
	"context"
	"time"

	"github.com/sluice-bridge/sluice/bridge/kafka"
	"github.com/sluice-bridge/sluice/config"
)

// Options say which topic to read, and how.
type Options struct {
	Topic string
	// MostUnpacked is how many bytes of memory a batch may take, unpacked; zero for 64 MiB.
	MostUnpacked int64
	// Timeout is how long nothing may come before it is an error.
	Timeout time.Duration
}

// Open looks a topic up. The error is one to be worded by [Unreadable].
func Open(ctx context.Context, cfg *config.Config, c kafka.Connection, o Options) (*kafka.Peek, error) {
	return kafka.OpenPeek(ctx, kafka.PeekOptions{
		Connection: c, Topic: o.Topic, MostUnpacked: o.MostUnpacked, Patience: o.Timeout,
		ReadUncommitted: cfg.Kafka.IsolationLevel == config.ReadUncommitted,
	})
}
