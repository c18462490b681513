package demo

import (
	"context"
	"errors"
	"fmt"
	"io"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"github.com/twmb/franz-go/pkg/kgo"
	"go.uber.org/zap"
)

// Options say how the demo runs.
type Options struct {
	// Out gets the table, or plain lines where it is no terminal.
	Out io.Writer
	// Rate is in events a second; 0 is as fast as the bridge takes them.
	Rate float64
	// For ends the demo by itself; 0 does not.
	For  time.Duration
	Seed uint64
	// File is the reader's own configuration, for a line of text; empty for the demo's own.
	File string
	// Load makes the bridge, once it is known where everything listens.
	Load func(Addresses, *zap.Logger) (*Bridge, error)
}

// drainFor bounds the wait for what is on its way when the producer has stopped.
const drainFor = 30 * time.Second

// runner is a demo that runs.
type runner struct {
	Options
	world    *world
	bridge   *Bridge
	check    *Check
	offsets  *offsets
	producer *producer
	log      *zap.Logger
	logFile  *logFile
	started  time.Time
	draining atomic.Bool
}

// Run runs the demo until stop ends, or for as long as the options say: then nothing more is
// produced, what is on its way arrives, the bridge stops, and the summary is written. When abort
// ends everything stops at once. The error wraps ErrCheck where the check found something.
func Run(stop, abort context.Context, o Options) (err error) {
	r := &runner{Options: o}
	if r.logFile, r.log, err = openLog(); err != nil {
		return err
	}
	defer func() {
		if err == nil || errors.Is(err, errAborted) {
			r.logFile.remove()
			return
		}
		_ = r.logFile.file.Close()
		fmt.Fprintln(o.Out, "the bridge's log: "+r.logFile.path)
	}()
	if r.world, err = startWorld(); err != nil {
		return err
	}
	defer r.world.close()
	if err := r.prepare(stop); err != nil {
		return err
	}
	r.introduce()
	return r.run(stop, abort)
}

// prepare makes the bridge and all that it needs.
func (r *runner) prepare(ctx context.Context) (err error) {
	if r.bridge, err = r.Load(r.world.addresses, r.log); err != nil {
		return err
	}
	if n := len(r.bridge.Destinations); n > MaxDestinations {
		return fmt.Errorf("the configuration has %d destinations; the demo can check %d", n, MaxDestinations)
	}
	names := make([]string, len(r.bridge.Destinations))
	for i, d := range r.bridge.Destinations {
		names[i] = d.Name
	}
	r.check = NewCheck(names...)
	r.offsets = newOffsets(r.world.admin, r.bridge)
	r.producer = &producer{
		client: r.world.client, check: r.check, stream: NewStream(r.Seed), rate: r.Rate,
		next: map[partition]int64{}, failed: make(chan error, 1),
	}
	if r.producer.due, err = r.dueBy(); err != nil {
		return err
	}
	return r.world.furnish(r.bridge.Destinations, r.check)
}

// dueBy returns what says where events have to go.
func (r *runner) dueBy() (func(*Event, *kgo.Record) Due, error) {
	if route := r.bridge.Route; route != nil {
		return func(_ *Event, record *kgo.Record) Due {
			if !r.bridge.Reads(record.Topic) {
				return Due{}
			}
			return route(record)
		}, nil
	}
	oracle, err := NewOracle(r.bridge.Destinations)
	if err != nil {
		return nil, err
	}
	return func(e *Event, _ *kgo.Record) Due { return oracle.Due(e) }, nil
}

func (r *runner) introduce() {
	p := r.world.addresses
	fmt.Fprintf(r.Out, "Kafka at %s, SQS and SNS at %s, all in this process; nothing leaves it\n", strings.Join(p.Kafka, ","), p.AWS)
	if r.File == "" {
		fmt.Fprintln(r.Out, "bridge.yaml: the demo's own; sluice demo --write my.yaml writes it out, sluice demo -c my.yaml runs what you made of it")
	} else {
		fmt.Fprintf(r.Out, "bridge.yaml: %s, with the demo's Kafka and endpoint in the place of those it names\n", r.File)
	}
	fmt.Fprintf(r.Out, "look inside: curl http://%s/metrics   curl http://%s/readyz\n", p.Admin, p.Admin)
	until := "until Ctrl-C"
	if r.For > 0 {
		until = "for " + r.For.String()
	}
	rate := "as fast as the bridge takes them"
	if r.Rate > 0 {
		rate = thousands(r.Rate) + " a second"
	}
	fmt.Fprintf(r.Out, "events: %s, %s, --seed %d; the bridge's log: %s\n", rate, until, r.Seed, r.logFile.path)
}

// errAborted ends a demo that was not allowed to finish.
var errAborted = errors.New("stopped at once; nothing was checked")

func (r *runner) run(stop, abort context.Context) error {
	// Whoever works for the demo ends with this one, and is waited for.
	ctx, cancel := context.WithCancel(abort)
	var workers sync.WaitGroup
	defer workers.Wait()
	defer cancel()
	if topic := r.bridge.DeadLetters; topic != "" {
		l, err := r.world.openDeadLetters(ctx, topic, r.check, r.bridge.Destinations)
		if err != nil {
			return err
		}
		workers.Go(func() { l.run(ctx) })
	}
	workers.Go(func() { r.offsets.trim(ctx) })

	r.started = time.Now()
	running, stopBridge := context.WithCancel(ctx)
	ended := make(chan error, 1)
	workers.Go(func() { ended <- r.bridge.Run(running, abort) })

	showing, stopShowing := context.WithCancel(ctx)
	var shown sync.WaitGroup
	v := &view{out: r.Out, screen: newScreen(r.Out), limit: r.For, bridge: r.bridge, log: r.logFile}
	shown.Go(func() { v.run(showing, r.figures) })
	quiet := func() { stopShowing(); shown.Wait() }
	defer quiet()

	err := r.produce(stop, ctx, ended)
	produced := time.Since(r.started)
	if err == nil {
		err = r.drain(ctx, ended)
	}
	stopBridge()
	if err == nil {
		err = <-ended
	}
	quiet()
	switch {
	case abort.Err() != nil:
		return errAborted
	case err != nil:
		return err
	}
	return r.conclude(ctx, produced)
}

// produce produces until it is time to stop.
func (r *runner) produce(stop, ctx context.Context, ended <-chan error) error {
	if r.For > 0 {
		var cancel context.CancelFunc
		stop, cancel = context.WithTimeout(stop, r.For)
		defer cancel()
	}
	producing, cancel := context.WithCancel(ctx)
	var done sync.WaitGroup
	done.Go(func() { r.producer.run(producing) })
	defer done.Wait()
	defer cancel()
	select {
	case <-stop.Done():
		return nil
	case <-ctx.Done():
		return errAborted
	case err := <-r.producer.failed:
		return err
	case err := <-ended:
		return errors.Join(errors.New("the bridge has stopped by itself"), err)
	}
}

// drain waits until everything has arrived and is committed. What is missing after a while is the
// summary's concern, and no error.
func (r *runner) drain(ctx context.Context, ended <-chan error) error {
	r.draining.Store(true)
	ctx, cancel := context.WithTimeout(ctx, drainFor)
	defer cancel()
	if err := r.world.client.Flush(ctx); err != nil {
		return fmt.Errorf("producing the last events: %w", err)
	}
	tick := time.NewTicker(50 * time.Millisecond)
	defer tick.Stop()
	for {
		select {
		case <-ctx.Done():
			return nil
		case err := <-r.producer.failed:
			return err
		case err := <-ended:
			return errors.Join(errors.New("the bridge has stopped by itself"), err)
		case <-tick.C:
		}
		if r.check.Waiting() > 0 {
			continue
		}
		if c, err := r.offsets.compare(ctx); err == nil && c.good() {
			return nil
		}
	}
}

// conclude writes the summary.
func (r *runner) conclude(ctx context.Context, produced time.Duration) error {
	s := &summary{
		bridge: r.bridge, findings: r.check.Finish(), figures: r.figures(), produced: produced, own: r.bridge.Route == nil,
	}
	var err error
	if s.committed, err = r.offsets.compare(ctx); err != nil {
		return err
	}
	s.write(r.Out)
	if !s.good() {
		return ErrCheck
	}
	return nil
}
