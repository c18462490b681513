package awsapi

import (
	"context"
	"math/rand/v2"
	"sync"
	"time"
)

// idleTimeout closes a connection before the far side is likely to: a request written to a
// connection just closed there has an unknown outcome.
const idleTimeout = 45 * time.Second

// maxAge is how long a connection is used at the most, so that new ones go where the name of the endpoint leads
// by then. Each has between half of it and all, so that those which were opened together do not end together.
const maxAge = 10 * time.Minute

// lifetime is how long one connection is used.
func lifetime() time.Duration { return maxAge/2 + rand.N(maxAge/2) } //nolint:gosec // nothing is kept secret by it

// pool keeps the connections to one endpoint that no request uses. It has no limit of its own:
// how many requests are out is the lanes' to say.
type pool struct {
	dial func(context.Context) (*conn, error)

	mu     sync.Mutex
	idle   []idleConn // the longest unused first
	reaper *time.Timer
	closed bool
}

type idleConn struct {
	*conn
	since time.Time
}

// get returns the connection used last that the far side has not closed, or a new one.
func (p *pool) get(ctx context.Context) (*conn, error) {
	for {
		c := p.pop()
		switch {
		case c == nil:
			return p.dial(ctx)
		case c.quiet():
			return c, nil
		}
		c.Close()
	}
}

func (p *pool) pop() *conn {
	p.mu.Lock()
	defer p.mu.Unlock()
	n := len(p.idle) - 1
	if n < 0 {
		return nil
	}
	c := p.idle[n].conn
	c.rested = p.idle[n].since
	p.idle[n] = idleConn{}
	p.idle = p.idle[:n]
	return c
}

// put takes a connection back on which nothing is under way.
func (p *pool) put(c *conn) {
	p.mu.Lock()
	defer p.mu.Unlock()
	now := time.Now()
	if p.closed || now.After(c.expires) {
		c.Close()
		return
	}
	p.idle = append(p.idle, idleConn{c, now})
	if p.reaper == nil {
		p.reaper = time.AfterFunc(idleTimeout, p.reap)
	}
}

// suspect closes what has been idle since a time or longer: a connection that had been has failed. Whatever on
// the way has forgotten that one, a firewall or a load balancer, will have forgotten these, and each would
// take the time of a request to find out.
func (p *pool) suspect(since time.Time) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.drop(func(c idleConn) bool { return !c.since.After(since) })
}

// drop closes the connections at the front, the longest unused, that are old. Called with mu held.
func (p *pool) drop(old func(idleConn) bool) {
	n := 0
	for n < len(p.idle) && old(p.idle[n]) {
		p.idle[n].Close()
		n++
	}
	left := copy(p.idle, p.idle[n:])
	clear(p.idle[left:])
	p.idle = p.idle[:left]
}

// reap closes what was not used for long, and comes again while anything is left.
func (p *pool) reap() {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.drop(func(c idleConn) bool { return time.Since(c.since) >= idleTimeout })
	if len(p.idle) == 0 {
		p.reaper = nil
		return
	}
	p.reaper.Reset(idleTimeout - time.Since(p.idle[0].since))
}

// close closes what is idle now, and what comes back later.
func (p *pool) close() {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.closed = true
	for _, c := range p.idle {
		c.Close()
	}
	p.idle = nil
	if p.reaper != nil {
		p.reaper.Stop()
	}
}
