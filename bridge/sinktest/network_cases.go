package sinktest

import (
	"context"
	"testing"

	"github.com/sluice-bridge/sluice/bridge/sink"
)

func testTimeout(t *testing.T, f Fixture) {
	s, tested := opened(t, f)
	s.script(Step{Silence: true})
	ctx := newDeadline()
	done := make(chan *sink.Failure, 1)
	go func() { done <- tested.Send(ctx, batchOf(2), make([]*sink.Failure, 2)) }()
	<-s.arrived
	ctx.pass()
	failure := <-done
	wantClass(t, failure, sink.Unknown)
	if failure.Code != "timeout" {
		t.Errorf("code %q", failure.Code)
	}
	mustSend(t, tested, batchOf(1))
}

func testReset(t *testing.T, f Fixture) {
	s, tested := opened(t, f)
	// First on a new connection, then on one that was used, which net/http treats otherwise.
	for range 2 {
		s.script(Step{Reset: true})
		before := len(s.sends())
		_, failure := send(t, tested, batchOf(2))
		wantClass(t, failure, sink.Unknown)
		if n := len(s.sends()) - before; n != 1 {
			t.Errorf("sent %d times: a request that may have been stored is not for the transport to repeat", n)
		}
		mustSend(t, tested, batchOf(1))
	}
}

func testRefused(t *testing.T, f Fixture) {
	s, tested := opened(t, f)
	s.close()
	_, failure := send(t, tested, batchOf(2))
	wantClass(t, failure, sink.Transient)
	if failure.Code != "connection" {
		t.Errorf("code %q", failure.Code)
	}
	wantClass(t, openFailure(t, tested), sink.Transient)
}

func testCancelled(t *testing.T, f Fixture) {
	s, tested := opened(t, f)
	ctx, cancel := context.WithCancel(context.Background())
	s.script(Step{Silence: true})
	done := make(chan *sink.Failure, 1)
	go func() { done <- tested.Send(ctx, batchOf(2), make([]*sink.Failure, 2)) }()
	<-s.arrived
	cancel()
	wantClass(t, <-done, sink.Unknown)

	before := len(s.sends())
	wantClass(t, tested.Send(ctx, batchOf(2), make([]*sink.Failure, 2)), sink.Transient)
	if n := len(s.sends()) - before; n != 0 {
		t.Errorf("%d requests of a context already cancelled", n)
	}
	if _, err := tested.Open(ctx); err == nil {
		t.Error("opened with a cancelled context")
	}
	mustSend(t, tested, batchOf(1))
}
