package kafka

import (
	"cmp"
	"context"
	"errors"
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
	client, err := c.Probe(patience, kgo.WithContext(ctx))
	if err != nil {
		return err
	}
	defer client.Close()
	wait, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	return ended(ctx, look(wait, kadm.NewClient(client)))
}

// WithAdmin is WithClient with an administrator.
func WithAdmin(ctx context.Context, c Connection, do func(*kadm.Client) error) error {
	return WithClient(ctx, c, func(client *kgo.Client) error { return do(kadm.NewClient(client)) })
}

// WithClient makes a client for what is done with it, which ends with ctx: what is asked by itself does not end with its
// context while a connection is being made, of which the broker is asked something first. Apart from that, the client waits
// for brokers as the bridge does.
func WithClient(ctx context.Context, c Connection, do func(*kgo.Client) error) error {
	client, err := c.Client(kgo.WithContext(ctx))
	if err != nil {
		return err
	}
	defer client.Close()
	return ended(ctx, do(client))
}

// ended is an error of a client that ends with ctx: after that it says only that it is closed.
func ended(ctx context.Context, err error) error {
	if errors.Is(err, kgo.ErrClientClosed) {
		return cmp.Or(ctx.Err(), err)
	}
	return err
}
