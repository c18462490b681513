// Package gate is the lock between a loop that polls and those who change what it polls for.
package gate

import (
	"context"
	"sync"
)

// Gate is a lock for many readers or one writer, who goes first and breaks off the poll that waits for records while
// it holds the lock for reading. Whoever waits for it waits for a condition and not for a mutex: a reader may hold it
// while the client waits for a broker, and in a test in virtual time that takes its time.
type Gate struct {
	mu      sync.Mutex // never held for long
	freed   sync.Cond  // its L is mu
	readers int
	wanted  int // writers that wait
	writing bool
	poll    context.CancelFunc
}

// Lock breaks off a poll and waits for the lock.
func (g *Gate) Lock() {
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

// Unlock frees the lock for all who wait.
func (g *Gate) Unlock() {
	g.mu.Lock()
	defer g.mu.Unlock()
	g.writing = false
	g.freed.Broadcast()
}

// RLock waits for the lock beside other readers, until no writer has it or waits for it.
func (g *Gate) RLock() { g.Polling(nil) }

// Polling takes the lock for a poll, which the call of cancel breaks off.
func (g *Gate) Polling(cancel context.CancelFunc) {
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

// RUnlock frees the lock of one reader.
func (g *Gate) RUnlock() {
	g.mu.Lock()
	defer g.mu.Unlock()
	if g.readers--; g.readers == 0 {
		g.freed.Broadcast()
	}
}

// wait waits until something is freed. Called with mu held.
func (g *Gate) wait() {
	g.freed.L = &g.mu
	g.freed.Wait()
}
