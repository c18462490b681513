package consumer

import (
	"context"
	"sync"
)

// gate is a lock for many readers or one writer, who goes first and breaks off the poll that waits for records while
// it holds the lock for reading. Whoever waits for it waits for a condition and not for a mutex: a reader may hold it
// while the client waits for a broker, and in a test in virtual time that takes its time.
type gate struct {
	mu      sync.Mutex // never held for long
	freed   sync.Cond  // its L is mu
	readers int
	wanted  int // writers that wait
	writing bool
	poll    context.CancelFunc
}

// Lock breaks off a poll and waits for the lock.
func (g *gate) Lock() {
	g.mu.Lock()
	defer g.mu.Unlock()
	g.wanted++
	if g.poll != nil {
		g.poll()
	}
	for g.writing || g.readers > 0 {
		g.wait()
	}
	g.wanted--
	g.writing = true
}

func (g *gate) Unlock() {
	g.mu.Lock()
	defer g.mu.Unlock()
	g.writing = false
	g.freed.Broadcast()
}

func (g *gate) RLock() { g.polling(nil) }

// polling takes the lock for a poll, which the call of cancel breaks off.
func (g *gate) polling(cancel context.CancelFunc) {
	g.mu.Lock()
	defer g.mu.Unlock()
	for g.writing || g.wanted > 0 {
		g.wait()
	}
	g.readers++
	if cancel != nil {
		g.poll = cancel
	}
}

func (g *gate) RUnlock() {
	g.mu.Lock()
	defer g.mu.Unlock()
	if g.readers--; g.readers == 0 {
		g.freed.Broadcast()
	}
}

// wait waits until something is freed. Called with mu held.
func (g *gate) wait() {
	g.freed.L = &g.mu
	g.freed.Wait()
}
