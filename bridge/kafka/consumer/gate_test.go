package consumer

import (
	"context"
	"testing"
)

// A writer gets the lock at once, whether the poll began before it came or begins while it waits.
func TestGateBreaksOffPolls(t *testing.T) {
	var g gate
	ctx, cancel := context.WithCancel(t.Context())
	g.polling(cancel)
	locked := make(chan struct{})
	go func() {
		g.Lock()
		close(locked)
	}()
	<-ctx.Done()
	g.RUnlock()
	<-locked

	g.Unlock()
	g.wanted.Add(1)
	ctx, cancel = context.WithCancel(t.Context())
	g.polling(cancel)
	defer g.RUnlock()
	if ctx.Err() == nil {
		t.Error("a poll goes on though the lock is wanted")
	}
}
