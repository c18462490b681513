package kafka

import (
	"context"
	"time"

	"github.com/twmb/franz-go/pkg/kadm"
	"github.com/twmb/franz-go/pkg/kgo"
)

// Probe returns a client that belongs to no group, and gives up on brokers that do not answer within
// patience: what the bridge waits out, those who look are told of.
func (c Connection) Probe(patience time.Duration, more ...kgo.Opt) (*kgo.Client, error) {
	c.DialTimeout = patience
	return c.Client(append([]kgo.Opt{
		kgo.RetryTimeout(patience),
		kgo.RequestTimeoutOverhead(max(patience, 100*time.Millisecond)), // the client takes no less
	}, more...)...)
}

// LookUp asks the brokers once, and hands an administrator to what is done with it.
func LookUp(ctx context.Context, c Connection, patience time.Duration, look func(context.Context, *kadm.Client) error) error {
	client, err := c.Probe(patience)
	if err != nil {
		return err
	}
	defer client.Close()
	wait, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	return look(wait, kadm.NewClient(client))
}

// WithAdmin is WithClient with an administrator.
func WithAdmin(c Connection, do func(*kadm.Client) error) error {
	return WithClient(c, func(client *kgo.Client) error { return do(kadm.NewClient(client)) })
}

// WithClient makes a client for what is done with it. It waits for brokers as the bridge does: ctx of what is asked bounds
// that.
func WithClient(c Connection, do func(*kgo.Client) error) error {
	client, err := c.Client()
	if err != nil {
		return err
	}
	defer client.Close()
	return do(client)
}
