package kafka

import (
	"fmt"
	"time"

	"github.com/twmb/franz-go/pkg/kgo"
)

// Probe returns a client that belongs to no group, and gives up on brokers that do not answer within
// patience: what the bridge waits out, those who look are told of.
func (c Connection) Probe(patience time.Duration, more ...kgo.Opt) (*kgo.Client, error) {
	c.DialTimeout = patience
	opts, err := c.Options()
	if err != nil {
		return nil, err
	}
	opts = append(opts,
		kgo.RetryTimeout(patience),
		kgo.RequestTimeoutOverhead(max(patience, 100*time.Millisecond)), // the client takes no less
	)
	client, err := kgo.NewClient(append(opts, more...)...)
	if err != nil {
		return nil, fmt.Errorf("setting up the Kafka client: %w", err)
	}
	return client, nil
}
