package consumer

import (
	"context"
	"sync"
	"sync/atomic"
)

// gate is a lock whose writers break off the poll that waits for records while it holds the lock for
// reading.
type gate struct {
	sync.RWMutex
	wanted atomic.Int32
	poll   atomic.Pointer[context.CancelFunc]
}

// Lock breaks off a poll and waits for the lock.
func (g *gate) Lock() {
	g.wanted.Add(1)
	if cancel := g.poll.Load(); cancel != nil {
		(*cancel)()
	}
	g.RWMutex.Lock()
	g.wanted.Add(-1)
}

// polling takes the lock for a poll, which the call of cancel breaks off.
func (g *gate) polling(cancel context.CancelFunc) {
	g.RLock()
	g.poll.Store(&cancel)
	if g.wanted.Load() > 0 {
		cancel()
	}
}
