package awsapi

import (
	"context"
	"sync"
	"time"
)

// idleTimeout closes a connection before the far side is likely to: a request written to a
// connection just closed there has an unknown outcome.
const idleTimeout = 45 * time.Second

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
	p.idle[n] = idleConn{}
	p.idle = p.idle[:n]
	return c
}

// put takes a connection back on which nothing is under way.
func (p *pool) put(c *conn) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.closed {
		c.Close()
		return
	}
	p.idle = append(p.idle, idleConn{c, time.Now()})
	if p.reaper == nil {
		p.reaper = time.AfterFunc(idleTimeout, p.reap)
	}
}

// reap closes what was not used for long, and comes again while anything is left.
func (p *pool) reap() {
	p.mu.Lock()
	defer p.mu.Unlock()
	old := 0
	for old < len(p.idle) && time.Since(p.idle[old].since) >= idleTimeout {
		p.idle[old].Close()
		old++
	}
	n := copy(p.idle, p.idle[old:])
	clear(p.idle[n:])
	p.idle = p.idle[:n]
	if n == 0 {
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
