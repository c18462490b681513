package simulate

import (
	"cmp"
	"context"
	"fmt"
	"io"
	"slices"
	"strings"
	"sync"
	"time"

	"go.uber.org/zap/zapcore"
)

// Result is what came of a scenario.
type Result struct {
	Seed       uint64        `json:"seed"`
	Violations []Violation   `json:"violations,omitempty"`
	Took       time.Duration `json:"took"` // of virtual time
	Records    int           `json:"records"`
	Repeats    int           `json:"repeats"`
	Trace      uint64        `json:"trace"`          // the same where the same was seen at the same times
	Done       []Done        `json:"done,omitempty"` // in the order of time
}

// Done is an event that has been done, or has failed or does not apply.
type Done struct {
	Event Event  `json:"event"`
	Error string `json:"error,omitempty"`
}

const (
	// settleWithin is how long it may take after the last fault until everything has arrived.
	settleWithin = 10 * time.Minute
	// wellWithin is how long it may take from then until nothing is said to be wrong.
	wellWithin = 2 * time.Minute
)

// Run runs a scenario in the bubble of the caller. What the members log is written to log. An error is of the
// harness.
func Run(ctx context.Context, sc *Scenario, log io.Writer) (*Result, error) {
	began := time.Now()
	w, err := newWorld(ctx, sc, zapcore.Lock(zapcore.AddSync(log)))
	if err != nil {
		return nil, err
	}
	result := &Result{Seed: sc.Seed}
	defer func() {
		w.close()
		result.Took = time.Since(began)
	}()
	for i := range sc.Members {
		if _, err := w.start(fmt.Sprintf("m%d", i)); err != nil {
			return nil, err
		}
	}
	failed := make(chan error, len(sc.Bursts)+1)
	var bursts sync.WaitGroup
	for i, b := range sc.Bursts {
		bursts.Go(func() {
			sleep(w.ctx, b.At)
			if err := w.produce(b, uint64(i)+1); err != nil && w.ctx.Err() == nil {
				failed <- err
			}
		})
	}
	events := slices.Clone(sc.Events)
	slices.SortStableFunc(events, func(a, b Event) int { return cmp.Compare(a.At, b.At) })
	for _, e := range events {
		w.pass(ctx, e.At-time.Since(began))
		done := Done{Event: e}
		if err := w.do(e); err != nil {
			done.Error = strings.ReplaceAll(err.Error(), "\n", "; ")
		}
		result.Done = append(result.Done, done)
	}
	for _, e := range events {
		w.pass(ctx, e.At+e.For+time.Second-time.Since(began)) // what mends itself
	}
	for _, b := range sc.Bursts {
		w.pass(ctx, b.At+b.Over+time.Second-time.Since(began))
	}
	if err := w.heal(); err != nil {
		return nil, err
	}
	bursts.Wait() // a topic may have been away
	w.awaitResends()
	select {
	case err := <-failed:
		return nil, err
	default:
	}
	if w.ctx.Err() == nil { // a replay that does not end is ended with the world
		w.await()
		w.lastRedrive()
	}
	if err := w.end(); err != nil {
		return nil, err
	}
	w.ledger.judgeEarly()
	w.ledger.judgeRedrives()
	result.Violations = w.ledger.found
	result.Records, result.Repeats = len(w.ledger.records), w.ledger.repeats
	result.Trace = w.ledger.trace.Sum64()
	return result, nil
}

// await waits until everything has arrived and is well.
func (w *world) await() {
	until := time.Now().Add(settleWithin)
	for len(w.ledger.left()) > 0 && time.Now().Before(until) {
		w.pass(w.ctx, time.Second)
	}
	left := w.ledger.left()
	if len(left) > 0 {
		problems := w.problems()
		w.ledger.mu.Lock()
		w.ledger.violate("G1", "%s after the last fault %d records are still owed something, record %s first: %v; it is told of: %s",
			settleWithin, len(left), left[0], w.ledger.owes(left[0]), problems)
		w.ledger.mu.Unlock()
		return
	}
	w.awaitTold()
	w.awaitEnds()
	w.awaitNothingHeld()
	until = time.Now().Add(wellWithin)
	for w.problems() != "" && time.Now().Before(until) {
		w.pass(w.ctx, time.Second)
	}
	if p := w.problems(); p != "" {
		w.ledger.mu.Lock()
		w.ledger.violate("health", "all is well since %s, and it is told of: %s", wellWithin, p)
		w.ledger.mu.Unlock()
	}
}

// problems is what the members that run say is wrong.
func (w *world) problems() string {
	var all []string
	for _, m := range w.members {
		if m.running() {
			for _, p := range m.daemon.Problems() {
				all = append(all, fmt.Sprintf("%s: %s: %s", m.name, p.What, p.Text))
			}
		}
	}
	return strings.Join(all, "; ")
}

// end stops all members, who have to come to an end.
func (w *world) end() error {
	for _, m := range w.members {
		m.stop()
	}
	for _, m := range w.members {
		limit := time.NewTimer(m.setup.Drain + stopBeyond + time.Second)
		select {
		case <-m.stopped:
		case <-limit.C:
			if err := w.seeEnds(); err != nil {
				return err
			}
			m.abort()
		}
		limit.Stop()
	}
	w.ledger.mu.Lock()
	for _, d := range w.ledger.unclaimed {
		w.ledger.violate("G7", "a dead letter is of batch %v, and that is none of ours", d.at)
	}
	w.ledger.mu.Unlock()
	for _, m := range w.members {
		m.abort()
		<-m.stopped
		if m.err != nil && !m.killed && !m.fenced {
			w.ledger.mu.Lock()
			w.ledger.violate("stop", "%s has ended: %v", m.name, m.err)
			w.ledger.mu.Unlock()
		}
	}
	return w.seeEnds()
}
