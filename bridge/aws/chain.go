package awsapi

import (
	"context"
	"sync"

	"github.com/aws/aws-sdk-go-v2/aws"
)

// chain is the SDK's default chain of credentials, looked up anew after credentials were refused:
// the SDK reads shared files once, and would use the keys of that moment for ever.
type chain struct {
	load func(context.Context) (aws.Config, error)

	mu      sync.Mutex
	current aws.CredentialsProvider
	stale   bool
}

// Retrieve returns the current credentials. Where the chain cannot be read, as in the middle of a
// change, those that were go on.
func (c *chain) Retrieve(ctx context.Context) (aws.Credentials, error) {
	return c.provider(ctx).Retrieve(ctx)
}

// IsCredentialsProvider reports whether the chain leads to a provider of the target's type, as the SDK's own wrappers do.
func (c *chain) IsCredentialsProvider(target aws.CredentialsProvider) bool {
	return aws.IsCredentialsProvider(c.provider(context.Background()), target)
}

// Invalidate has the next Retrieve look for credentials again.
func (c *chain) Invalidate() {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.stale = true
}

func (c *chain) provider(ctx context.Context) aws.CredentialsProvider {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.stale {
		if cfg, err := c.load(ctx); err == nil {
			c.current, c.stale = cfg.Credentials, false
		}
	}
	return c.current
}
