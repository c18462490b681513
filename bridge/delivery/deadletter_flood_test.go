package delivery

import (
	"context"
	"errors"
	"sync/atomic"
	"testing"
	"time"

	"github.com/sluice-bridge/sluice/bridge/bridgetest"
	"github.com/sluice-bridge/sluice/bridge/message"
	"github.com/sluice-bridge/sluice/internal/pause"
)

// slowWriter takes a second for each letter and counts how many it has at once.
type slowWriter struct{ at, most, done atomic.Int64 }

func (w *slowWriter) Write(ctx context.Context, _ message.DeadLetter) error {
	n := w.at.Add(1)
	defer w.at.Add(-1)
	for most := w.most.Load(); n > most && !w.most.CompareAndSwap(most, n); most = w.most.Load() {
	}
	if !pause.For(ctx, time.Second) {
		return ctx.Err()
	}
	w.done.Add(1)
	return nil
}

// A flood of dead letters is written by a bounded number of goroutines, and every record settles.
func TestFloodOfDeadLettersIsWrittenByFewGoroutines(t *testing.T) {
	inBubble(t, &bridgetest.Sink{}, func(r *rig) {
		var w slowWriter
		r.letters.ToKafka(&w)
		const letters = 2*mostWriting + 1
		for _, b := range bridgetest.Bodies("x", letters) {
			r.letters.Take(r.delivery(b), "", message.ReasonUnmatched, errors.New("no"))
		}
		bridgetest.Pass(time.Second)
		if w.most.Load() != mostWriting || w.done.Load() != mostWriting {
			t.Errorf("%d are written at once, %d were after the time of one", w.most.Load(), w.done.Load())
		}
		bridgetest.Pass(2 * time.Second)
		r.settled()
		if w.done.Load() != letters {
			t.Errorf("%d were written", w.done.Load())
		}
	})
}
