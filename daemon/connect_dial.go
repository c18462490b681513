package daemon

import (
	"time"

	"github.com/twmb/franz-go/pkg/kgo"

	"github.com/sluice-bridge/sluice/bridge/kafka"
)

// newProbe returns a client that belongs to no group and gives up soon: what the bridge waits out
// is what a check is to tell of.
func newProbe(c kafka.Connection, timeout time.Duration) (*kgo.Client, error) {
	opts, err := c.Options()
	if err != nil {
		return nil, err
	}
	return kgo.NewClient(append(opts,
		kgo.DialTimeout(timeout),
		kgo.RequestRetries(2*len(c.Brokers)), // each retry asks another broker
		kgo.RetryBackoffFn(func(int) time.Duration { return 100 * time.Millisecond }),
		kgo.RetryTimeout(timeout),
		kgo.RequestTimeoutOverhead(max(timeout, 100*time.Millisecond)), // the client takes no less
	)...)
}
