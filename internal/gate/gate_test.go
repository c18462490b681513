package gate

import (
	"context"
	"testing"
	"testing/synctest"
	"time"
)

// A writer breaks off the poll that has the lock, and gets it before whoever comes to read meanwhile.
func TestGateBreaksOffPolls(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var g Gate
		ctx, cancel := context.WithCancel(t.Context())
		g.Polling(cancel)
		var order []string
		go func() {
			g.Lock()
			defer g.Unlock()
			order = append(order, "writes")
		}()
		synctest.Wait()
		go func() {
			g.RLock()
			defer g.RUnlock()
			order = append(order, "reads")
		}()
		synctest.Wait()
		if ctx.Err() == nil || len(order) > 0 {
			t.Fatalf("broken off: %v; beside a poll: %v", ctx.Err(), order)
		}
		g.RUnlock()
		synctest.Wait()
		if len(order) != 2 || order[0] != "writes" {
			t.Errorf("%v", order)
		}
	})
}

// Time passes in virtual time while somebody waits for the lock.
func TestGateLetsTimePass(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var g Gate
		g.RLock()
		done := make(chan struct{})
		go func() {
			defer close(done)
			g.Lock()
			defer g.Unlock()
		}()
		time.Sleep(time.Minute)
		g.RUnlock()
		<-done
	})
}
