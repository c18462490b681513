package resend

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"time"

	"golang.org/x/time/rate"

	"github.com/sluice-bridge/sluice/bridge/pipeline"
	"github.com/sluice-bridge/sluice/internal/pause"
	"github.com/sluice-bridge/sluice/resend/sender"
	"github.com/sluice-bridge/sluice/routing"
)

// ErrStopped says that somebody asked for the end.
var ErrStopped = errors.New("stopped")

// Flow hands records to pipelines: as fast as the rate and the window let it.
type Flow struct {
	Sender *sender.Sender
	// Timeout is how long something that keeps messages from being taken may last.
	Timeout time.Duration
	// DrainTimeout bounds the wait for what is in flight at a stop.
	DrainTimeout time.Duration

	limiter *rate.Limiter // nil: as fast as the destinations bear
	charge  int           // messages of the record that was handed over last
}

// Flow opens destinations. The sender is the caller's to close.
func (s *Setup) Flow(ctx context.Context, destinations []string) (*Flow, error) {
	to, err := sender.Open(ctx, s.Config, sender.Options{Log: s.Log, Destinations: destinations, Timeout: s.Timeout, Dial: s.Dial})
	if err != nil {
		return nil, err
	}
	f := &Flow{Sender: to, Timeout: s.Timeout, DrainTimeout: time.Duration(s.Config.DrainTimeout)}
	if s.Rate > 0 {
		// A record may go to every destination at once.
		f.limiter = rate.NewLimiter(rate.Limit(s.Rate), max(1, to.Lanes()))
	}
	return f, nil
}

// Counting lets only through what a filter lets through, and counts it.
func (f *Flow) Counting(only func(routing.Target) bool) func(routing.Target) bool {
	return func(t routing.Target) bool {
		if only != nil && !only(t) {
			return false
		}
		f.charge++
		return true
	}
}

// Tick is how often it is looked whether something moves.
const Tick = 100 * time.Millisecond

// Send hands a record over to a pipeline when there is room, again and again until that accepts it, and returns
// when the rate allows the next. It ends with ctx, and says whether the record was taken before.
func (f *Flow) Send(ctx context.Context, p *pipeline.Pipeline, accept func() bool) (taken bool, err error) {
	window := f.Sender.Window()
	for window.Batch(1) <= 0 {
		if err := Pause(ctx, window.Freed(), Tick); err != nil {
			return false, err
		}
	}
	f.charge = 0
	for !accept() {
		if err := Pause(ctx, nil, Tick); err != nil { // it waits for its schema
			return false, err
		}
	}
	if p.To != nil {
		f.charge = 1
	}
	var wait time.Duration
	if f.limiter != nil && f.charge > 0 {
		wait = f.limiter.ReserveN(time.Now(), min(f.charge, f.limiter.Burst())).Delay()
	}
	return true, Pause(ctx, nil, wait)
}

// Pause waits for a signal or for a while, whichever is first.
func Pause(ctx context.Context, signal <-chan struct{}, d time.Duration) error {
	if d > 0 {
		t := time.NewTimer(d)
		defer t.Stop()
		select {
		case <-signal:
		case <-t.C:
		case <-ctx.Done():
		}
	}
	return context.Cause(ctx)
}

// Watch ends a run when something keeps messages from being taken for longer than the timeout. It
// ends with ctx.
func (f *Flow) Watch(ctx context.Context, stop context.CancelCauseFunc) {
	for pause.For(ctx, Tick) {
		for _, p := range f.Sender.Problems() {
			if time.Since(p.Since) >= f.Timeout {
				stop(fmt.Errorf("%s: %s", p.What, p.Text))
			}
		}
	}
}

// stallAfter is how long a drain goes on without anything coming of it, where it is known what is
// wrong.
const stallAfter = 3 * time.Second

// Finish waits with settle until nothing is in flight. Where feeding has failed, or the wait does, what is in flight is
// drained, unless abort ends, and the error says why.
func (f *Flow) Finish(ctx, abort context.Context, fed error, settle func(context.Context) error) error {
	err := fed
	if err == nil {
		err = settle(ctx)
	}
	if err == nil {
		return nil
	}
	err = cmp.Or(context.Cause(ctx), err)
	drain, done := f.draining(abort)
	defer done()
	_ = settle(drain)
	return err
}

// draining returns a context for the wait for what is in flight. It ends with abort, after the drain
// timeout, and when what is in flight cannot be taken.
func (f *Flow) draining(abort context.Context) (context.Context, context.CancelFunc) {
	ctx, cancel := context.WithTimeout(abort, f.DrainTimeout)
	go func() { // ends with ctx
		records, bytes := f.Sender.Window().Held()
		for moved := time.Now(); pause.For(ctx, Tick); {
			if r, b := f.Sender.Window().Held(); r != records || b != bytes || len(f.Sender.Problems()) == 0 {
				records, bytes, moved = r, b, time.Now()
			}
			if time.Since(moved) >= stallAfter {
				cancel()
			}
		}
	}()
	return ctx, cancel
}
