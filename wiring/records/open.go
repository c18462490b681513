package records

import (
	"context"
	"time"

	"github.com/sluice-bridge/sluice/bridge/kafka"
	"github.com/sluice-bridge/sluice/bridge/kafka/reader"
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
func Open(ctx context.Context, cfg *config.Config, c kafka.Connection, o Options) (*reader.Reader, error) {
	return reader.Open(ctx, reader.Options{
		Connection: c, Topic: o.Topic, MostUnpacked: o.MostUnpacked, Timeout: o.Timeout,
		ReadUncommitted: cfg.Kafka.IsolationLevel == config.ReadUncommitted,
	})
}
