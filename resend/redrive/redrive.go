package redrive

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"sync"
	"sync/atomic"
	"time"

	"github.com/twmb/franz-go/pkg/kerr"
	"github.com/twmb/franz-go/pkg/kgo"

	"github.com/sluice-bridge/sluice/bridge/kafka/membership"
	"github.com/sluice-bridge/sluice/bridge/message"
	"github.com/sluice-bridge/sluice/bridge/pipeline"
	"github.com/sluice-bridge/sluice/internal/pause"
	"github.com/sluice-bridge/sluice/resend"
	"github.com/sluice-bridge/sluice/routing"
	"github.com/sluice-bridge/sluice/telemetry"
)

// Redrive sends dead letters again. A letter has left its topic when what it is sent to, or the
// dead-letter topic anew, has acknowledged it, and that is committed for the group.
type Redrive struct {
	flow     *resend.Flow
	letters  *deadLetters
	lock     *membership.GroupLock
	interval time.Duration // how often it is committed what has left

	full error // why not all was read, and nothing is wrong else
	// ways are the pipelines: one by the rules, and one to each recorded destination and rule.
	ways map[routing.Target]*pipeline.Pipeline

	ordered ordering
	ended   atomic.Bool // nobody waits for what is in flight

	mu      sync.Mutex // guards what follows, and the ledgers
	flying  int        // letters that are sent, and not acknowledged
	waiting int64      // letters that are read, and not acknowledged
	counts  Counts
	commits map[int32]membership.Offset // the last ones that succeeded
}

// Close closes the sender, and lets go of the group.
func (r *Redrive) Close() {
	r.flow.Sender.Close()
	r.lock.Release()
}

// Counts are numbers of dead letters.
type Counts struct {
	// Redriven have left the topic.
	Redriven int64 `json:"redriven"`
	// Earlier had left it in an earlier run.
	Earlier int64 `json:"redriven_earlier"`
	// Stay are those that were not sent, by why.
	Stay map[string]int64 `json:"stay"`
	// Unsettled were sent and not acknowledged before the end: they stay.
	Unsettled int64 `json:"unsettled"`
}

// Result is what came of a redrive.
type Result struct {
	Counts
	telemetry.Totals
}

// ErrFull says that no more can be kept of which letters have left.
var ErrFull = errors.New("which letters have left the topic fits no longer into what Kafka keeps with an offset")

// maxFlying bounds the letters in flight: what has left before others that have not has to fit into a commit.
const maxFlying = 1000

// newRedrive prepares a redrive of letters that were opened with what the group has committed.
func newRedrive(flow *resend.Flow, letters *deadLetters, lock *membership.GroupLock, interval time.Duration) *Redrive {
	return &Redrive{
		flow: flow, letters: letters, lock: lock, interval: interval, ways: map[routing.Target]*pipeline.Pipeline{},
		counts: Counts{Stay: map[string]int64{}}, commits: map[int32]membership.Offset{},
	}
}

// Run sends until all letters are acknowledged, stop ends, or it cannot go on, which is an error.
// Then what is in flight is drained, unless abort ends. It is called once.
func (r *Redrive) Run(stop, abort context.Context) (Result, error) {
	ctx, cancel := context.WithCancelCause(stop)
	defer cancel(nil)
	go r.flow.Watch(ctx, cancel)
	go r.guard(ctx, cancel)
	var committing sync.WaitGroup
	committing.Go(func() { r.commitLoop(ctx, cancel) })

	err := r.feed(ctx)
	r.each((*pipeline.Pipeline).Flush)
	fed := err == nil
	err = r.flow.Finish(ctx, abort, err, r.settle)
	cancel(nil)
	committing.Wait()
	r.end()
	if fed && r.counts.Unsettled == 0 {
		err = nil // it came too late to matter
	}
	err = cmp.Or(err, r.full)
	if failed := r.lastCommit(abort); failed != nil && err == nil {
		err = failed
	}
	result := Result{r.counts, r.flow.Sender.Totals()}
	if stop.Err() != nil && err != nil {
		return result, resend.ErrStopped
	}
	return result, err
}

// guard ends the run when somebody else takes the group.
func (r *Redrive) guard(ctx context.Context, stop context.CancelCauseFunc) {
	select {
	case <-r.lock.Lost():
		stop(membership.ErrLocked)
	case <-ctx.Done():
	}
}

// feed reads the letters and sends those that are meant, in the order of their records.
func (r *Redrive) feed(ctx context.Context) error {
	l := r.letters
	for record, err := range resend.LookAhead(l.reader.Read(ctx, l.ranges), func(next *kgo.Record) { l.ahead(next, r.way) }) {
		if err == nil {
			err = r.take(ctx, record)
		}
		if errors.Is(err, ErrFull) {
			r.full = err // what was taken before can be sent
			break
		}
		for err == nil && r.ordered.full() {
			err = r.send(ctx, r.ordered.take())
		}
		if err != nil {
			return err
		}
	}
	for next := r.ordered.take(); next != nil; next = r.ordered.take() {
		if err := r.send(ctx, next); err != nil {
			return err
		}
	}
	return nil
}

// take decides on a letter that was read.
func (r *Redrive) take(ctx context.Context, record *kgo.Record) error {
	led := r.letters.ledgers[record.Partition]
	if led.has(record.Offset) {
		r.mu.Lock()
		defer r.mu.Unlock()
		led.add(record.Offset, true)
		r.counts.Earlier++
		return nil
	}
	letter, f, err := r.letters.decide(ctx, record)
	if err != nil {
		return err
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	goes := f.stays == ""
	if goes && !led.fits(record.Offset) {
		return ErrFull
	}
	led.add(record.Offset, goes)
	if !goes {
		r.counts.Stay[f.stays]++
		return nil
	}
	r.ordered.put(&outgoing{letter, led, record})
	r.waiting++
	return nil
}

// send hands a letter over.
func (r *Redrive) send(ctx context.Context, l *outgoing) error {
	origin, err := r.letters.origin(ctx, l.Record.Topic)
	if err != nil {
		return err
	}
	for r.inFlight() >= maxFlying {
		if err := resend.Pause(ctx, r.flow.Sender.Window().Freed(), resend.Tick); err != nil {
			return err
		}
	}
	again := message.Redrive(l.at.Partition, l.at.Offset, l.Attempts)
	to := &flight{run: r, ledger: l.ledger, offset: l.at.Offset}
	way := r.way(&l.DeadLetter)
	_, err = r.flow.Send(ctx, way, func() bool { return way.Redrive(l.Record, &origin, again, to) })
	return err
}

// way returns the pipeline of a letter.
func (r *Redrive) way(letter *message.DeadLetter) *pipeline.Pipeline {
	to, direct := routing.Target{Destination: -1}, r.letters.direct(letter)
	if direct {
		to = r.flow.Sender.Target(letter.Destination, letter.Rule)
	}
	if p := r.ways[to]; p != nil {
		return p
	}
	p := r.flow.Sender.Pipeline(func(o *pipeline.Options) {
		o.Only = r.flow.Counting(nil)
		if direct {
			o.To, o.DropTombstones = &to, false
		}
	})
	r.ways[to] = p
	return p
}

// inFlight returns how many letters are sent, and not acknowledged.
func (r *Redrive) inFlight() int {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.flying
}

// settle waits until nothing is in flight.
func (r *Redrive) settle(ctx context.Context) error {
	for r.inFlight() > 0 {
		if err := resend.Pause(ctx, r.flow.Sender.Window().Freed(), resend.Tick); err != nil {
			return err
		}
	}
	return nil
}

// end gives up on what was not acknowledged.
func (r *Redrive) end() {
	r.mu.Lock()
	r.ended.Store(true)
	r.counts.Unsettled += int64(r.flying)
	r.waiting -= int64(r.flying)
	r.flying = 0
	r.mu.Unlock()
	r.each((*pipeline.Pipeline).Sweep)
}

func (r *Redrive) each(f func(*pipeline.Pipeline)) {
	for _, p := range r.ways {
		f(p)
	}
}

// commitLoop commits what has left, each interval, until ctx ends.
func (r *Redrive) commitLoop(ctx context.Context, stop context.CancelCauseFunc) {
	for pause.For(ctx, r.interval) {
		_, err := r.commit(ctx)
		if errors.Is(err, kerr.OffsetMetadataTooLarge) || errors.Is(err, kerr.GroupAuthorizationFailed) {
			stop(fmt.Errorf("committing which letters have left: %w", err))
		}
	}
}

// commit writes what has changed. It reports whether all of it could be.
func (r *Redrive) commit(ctx context.Context) (whole bool, err error) {
	changed, whole := map[int32]membership.Offset{}, true
	r.mu.Lock()
	for id, led := range r.letters.ledgers {
		offset, metadata, ok := led.progress()
		at := membership.Offset{At: offset, Metadata: metadata}
		switch {
		case !ok:
			whole = false // what is committed holds until less is on its way
		case r.commits[id] != at:
			changed[id] = at
		}
	}
	r.mu.Unlock()
	if err := r.lock.Commit(ctx, changed); err != nil {
		return whole, err
	}
	for id, at := range changed {
		r.commits[id] = at
	}
	return whole, nil
}

// abortedCommit is how long the last commit may take where nobody wants to wait: what is not committed
// is sent again.
const abortedCommit = 2 * time.Second

// lastCommit commits until that has succeeded or is of no use.
func (r *Redrive) lastCommit(abort context.Context) error {
	timeout := r.flow.Timeout
	if abort.Err() != nil {
		timeout = min(timeout, abortedCommit)
	}
	ctx, cancel := context.WithTimeout(context.WithoutCancel(abort), timeout)
	defer cancel()
	for {
		whole, err := r.commit(ctx)
		switch {
		case err == nil && whole:
			return nil
		case err == nil:
			return fmt.Errorf("%w, and some of those that have left would be sent again; redrive what is left without filters", ErrFull)
		case errors.Is(err, kerr.UnknownMemberID), errors.Is(err, kerr.IllegalGeneration):
			return fmt.Errorf("%w, and letters of the last moments are sent again by it", membership.ErrLocked)
		case errors.Is(err, kerr.OffsetMetadataTooLarge), !pause.For(ctx, resend.Tick):
			return fmt.Errorf("committing which letters have left: %w", err)
		}
	}
}

// Progress returns how many offsets are done, of how many. It may be called at any time.
func (r *Redrive) Progress() (done, all int64) {
	r.mu.Lock()
	defer r.mu.Unlock()
	for _, at := range r.letters.ranges {
		done += max(r.letters.ledgers[at.Partition].next-at.First, 0)
	}
	return done - r.waiting, r.letters.offsets()
}
