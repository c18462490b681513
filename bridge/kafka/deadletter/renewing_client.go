package deadletter

import (
	"context"
	"errors"
	"fmt"
	"sync"

	"github.com/twmb/franz-go/pkg/kerr"
	"github.com/twmb/franz-go/pkg/kgo"
)

// renewingClient writes records with a client that is replaced when it is of no use any more: a client that was
// refused a producer id (KIP-98), for a right that it had not at that moment or by a broker that failed, keeps to
// that for its whole life.
type renewingClient struct {
	opts   []kgo.Opt
	hangUp context.CancelFunc // ends what the client waits for

	mu     sync.Mutex
	client *kgo.Client
	closed bool
}

// newRenewingClient returns a producer that connects when it has something to do.
func newRenewingClient(opts ...kgo.Opt) (*renewingClient, error) {
	line, hangUp := context.WithCancel(context.Background())
	opts = append(opts, kgo.WithContext(line))
	client, err := kgo.NewClient(opts...)
	if err != nil {
		hangUp()
		return nil, fmt.Errorf("setting up the dead-letter producer: %w", err)
	}
	return &renewingClient{opts: opts, hangUp: hangUp, client: client}, nil
}

// current is the client that writes now.
func (p *renewingClient) current() *kgo.Client {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.client
}

// write produces a record. The client waits for what became of a request that it has sent, however long, since
// it may not send another in its place; whoever has no use for the answer any more does not.
func (p *renewingClient) write(ctx context.Context, r *kgo.Record) error {
	c := p.current()
	answer := make(chan error, 1)
	c.Produce(ctx, r, func(_ *kgo.Record, err error) { answer <- err })
	select {
	case err := <-answer:
		var refused *kerr.Error
		if errors.As(err, &refused) && !refused.Retriable {
			p.replace(ctx, c)
		}
		return err
	case <-ctx.Done():
		return ctx.Err()
	}
}

// replace puts a new client in the place of one that was refused its id.
func (p *renewingClient) replace(ctx context.Context, failed *kgo.Client) {
	var refused *kerr.Error
	if _, _, err := failed.ProducerID(ctx); !errors.As(err, &refused) || refused.Retriable {
		return
	}
	next, err := kgo.NewClient(p.opts...)
	if err != nil {
		return // it would have failed at first
	}
	p.mu.Lock()
	taken := p.client == failed && !p.closed
	if taken {
		p.client = next
	}
	p.mu.Unlock()
	if taken {
		failed.Close()
	} else {
		next.Close()
	}
}

// close ends the client; what was not acknowledged is not settled either. The client would first tell brokers of its
// figures (KIP-714), and wait a second for those that do not answer: a stop waits for the clients of all consumer groups.
func (p *renewingClient) close() {
	p.hangUp()
	p.mu.Lock()
	p.closed = true
	p.mu.Unlock()
	p.current().Close()
}
