package sinktest

import (
	"context"
	"fmt"
	"runtime"
	"sync"
	"testing"

	"github.com/sluice-bridge/sluice/bridge/message"
	"github.com/sluice-bridge/sluice/bridge/sink"
	"github.com/sluice-bridge/sluice/quota"
)

func testConcurrency(t *testing.T, f Fixture) {
	s, tested := opened(t, f)
	const senders, each = 8, 20
	var all sync.WaitGroup
	for g := range senders {
		all.Go(func() {
			for i := range each {
				var batch []*message.Message
				for j := range 1 + i%quota.Entries {
					batch = append(batch, newMessage(fmt.Sprintf("%d/%d/%d %s", g, i, j, texts()[i])))
				}
				results := make([]*sink.Failure, len(batch))
				if failure := tested.Send(within(t), batch, results); failure != nil {
					t.Errorf("sender %d: %v", g, failure)
					return
				}
				for _, r := range results {
					if r != nil {
						t.Errorf("sender %d: %v", g, r)
					}
				}
			}
		})
	}
	all.Wait()
	seen := map[string]bool{}
	for _, r := range s.sends() {
		for _, e := range r.Entries {
			seen[e.Body] = true
		}
	}
	want := 0
	for i := range each {
		want += senders * (1 + i%quota.Entries)
	}
	if len(seen) != want {
		t.Errorf("%d different bodies came in, want %d", len(seen), want)
	}
}

func testKeepAlive(t *testing.T, f Fixture) {
	s, tested := opened(t, f)
	mustSend(t, tested, batchOf(1))
	before := s.connections.Load()
	for range 50 {
		mustSend(t, tested, batchOf(3))
	}
	if n := s.connections.Load() - before; n != 0 {
		t.Errorf("%d new connections for requests that follow each other", n)
	}
}

func testLeaks(t *testing.T, f Fixture) {
	s := start(t, f.Wire)
	// Without the credentials endpoint, whose connection is the session's and not the sink's.
	t.Setenv("AWS_CONTAINER_CREDENTIALS_FULL_URI", "")
	t.Setenv("AWS_ACCESS_KEY_ID", "KEY")
	t.Setenv("AWS_SECRET_ACCESS_KEY", "secret")
	before := runtime.NumGoroutine()
	for range 3 {
		tested := f.New(t, s.URL, false)
		if _, err := tested.Open(within(t)); err != nil {
			t.Fatal(err)
		}
		mustSend(t, tested, batchOf(10))
		s.script(Step{Silence: true})
		ctx, cancel := context.WithCancel(context.Background())
		done := make(chan *sink.Failure, 1)
		go func() { done <- tested.Send(ctx, batchOf(1), make([]*sink.Failure, 1)) }()
		<-s.arrived
		cancel()
		wantClass(t, <-done, sink.Unknown)
		tested.Close()
		tested.Close()
	}
	eventually(t, "goroutines of closed sinks ending", func() bool { return runtime.NumGoroutine() <= before })
}
