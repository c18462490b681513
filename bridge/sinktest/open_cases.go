package sinktest

import (
	"context"
	"sync"
	"testing"

	"github.com/sluice-bridge/sluice/bridge/sink"
)

func testOpens(t *testing.T, f Fixture) {
	for _, fifo := range []bool{false, true} {
		s := start(t, f.Wire)
		const limit = 2048
		s.describe(fifo, limit, nil)
		tested := f.New(t, s.URL, fifo)
		defer tested.Close()
		limits, err := tested.Open(within(t))
		if err != nil {
			t.Fatalf("fifo %t: %v", fifo, err)
		}
		if limits.MaxMessageBytes != limit || limits.MaxBatchBytes < 256<<10 {
			t.Errorf("limits %+v: want the destination's %d for a message, and the service's for a batch", limits, limit)
		}
		mustSend(t, tested, batchOf(2))
	}
}

func testOpensDenied(t *testing.T, f Fixture) {
	s := start(t, f.Wire)
	denied := f.Wire.Denied()
	s.describe(false, 0, &denied)
	tested := f.New(t, s.URL, false)
	defer tested.Close()
	limits, err := tested.Open(within(t))
	if err != nil {
		t.Fatalf("opening: %v", err)
	}
	if limits.MaxMessageBytes < 256<<10 || limits.MaxBatchBytes < limits.MaxMessageBytes {
		t.Errorf("limits %+v, want the service's defaults", limits)
	}
	mustSend(t, tested, batchOf(1))
}

// testLimitsAgain opens what is open, while it sends: the limits are the current ones, and where they are not
// to be had that is said.
func testLimitsAgain(t *testing.T, f Fixture) {
	s, tested := opened(t, f)
	stop := make(chan struct{})
	var sending sync.WaitGroup
	sending.Go(func() {
		for results := make([]*sink.Failure, 1); ; clear(results) {
			select {
			case <-stop:
				return
			default:
			}
			if f := tested.Send(context.Background(), batchOf(1), results); f != nil || results[0] != nil {
				t.Errorf("sending beside a look at the limits: %v, %v", f, results[0])
				return
			}
		}
	})
	for _, limit := range []int{2048, 300 << 10, 1024} {
		s.describe(false, limit, nil)
		limits, err := tested.Open(within(t))
		if err != nil || limits.MaxMessageBytes != limit || limits.MaxBatchBytes < limit || limits.Presumed {
			t.Errorf("limits %+v, %v; want %d", limits, err, limit)
		}
	}
	denied := f.Wire.Denied()
	s.describe(false, 0, &denied)
	if limits, err := tested.Open(within(t)); err != nil || !limits.Presumed {
		t.Errorf("limits %+v, %v; want them to be presumed", limits, err)
	}
	close(stop)
	sending.Wait()
}

func testFIFOMismatch(t *testing.T, f Fixture) {
	for _, fifo := range []bool{false, true} {
		s := start(t, f.Wire)
		s.describe(!fifo, 0, nil)
		tested := f.New(t, s.URL, fifo)
		defer tested.Close()
		wantClass(t, openFailure(t, tested), sink.Configuration)
	}
}

func testOpensAgain(t *testing.T, f Fixture) {
	s := start(t, f.Wire)
	missing := f.Wire.Missing()
	s.describe(false, 0, &missing)
	tested := f.New(t, s.URL, false)
	defer tested.Close()
	wantClass(t, openFailure(t, tested), sink.Configuration)
	s.describe(false, 0, nil)
	if _, err := tested.Open(within(t)); err != nil {
		t.Fatalf("opening what has appeared: %v", err)
	}
	mustSend(t, tested, batchOf(1))
	s.script(Step{Error: &missing})
	_, failure := send(t, tested, batchOf(1))
	wantClass(t, failure, sink.Configuration)
	if _, err := tested.Open(within(t)); err != nil {
		t.Fatalf("opening again: %v", err)
	}
	mustSend(t, tested, batchOf(1))
}
