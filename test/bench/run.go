package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"time"

	"github.com/sluice-bridge/sluice/fake"
)

// sample is what one run of one contestant gave.
type sample struct {
	Round      int     `json:"round"`
	Rate       float64 `json:"rate"`     // messages a second
	CPU        float64 `json:"cpu"`      // µs a message
	RSS        float64 `json:"rss"`      // MB, of the largest process
	Requests   float64 `json:"requests"` // a message
	Missing    int64   `json:"missing"`
	Duplicated int64   `json:"duplicated"`
	Commit     float64 `json:"commit,omitempty"` // ms that a commit took on average, before a crash
}

// errStalled is the end of a run in which nothing new arrives.
var errStalled = errors.New("none")

// stalled is how long nothing new may arrive before a run is given up.
const stalled = 45 * time.Second

// runLimit bounds a run in which records do arrive, but too slowly to wait for.
const runLimit = 4 * time.Minute

// run measures one contestant once, from the first record that arrives, or where it has to warm up
// from later, to the last. Start and joining the group are left out for all alike; what a contestant
// does ahead of its acknowledgements is not.
func (b *bench) run(ctx context.Context, s scenario, c *contestant) (out sample, err error) {
	ctx, cancel := context.WithTimeoutCause(ctx, runLimit, fmt.Errorf("not through within %v", runLimit))
	defer cancel()
	s.data.records /= max(1, c.slow[s.service])
	b.runs++
	dir := filepath.Join(b.dir, fmt.Sprintf("run-%03d-%s-%s", b.runs, s.name, c.name))
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return out, err
	}
	topic, err := b.topic(ctx, s.data)
	if err != nil {
		return out, err
	}
	marks := []int{max(1, s.data.records*c.warmUp/100), s.data.records}
	if s.crash {
		marks = []int{max(1, s.data.records*max(c.warmUp, 5)/100), s.data.records * crashAt / 100, s.data.records}
	}
	e, err := startEndpoint(s, dir, nil, marks...)
	if err != nil {
		return out, err
	}
	defer e.close()
	j := job{scenario: s, broker: b.broker, topic: topic, group: b.group(), endpoint: e.URL, targets: e.targets, dir: dir, ca: e.ca}
	// What a contestant sends again shows at the latest when it stops in good order.
	if s.crash {
		err = b.crash(ctx, e, j, c, &out)
	} else {
		err = b.through(ctx, e, j, c, &out)
	}
	if err != nil {
		return out, err
	}
	if wrong, _ := e.wrong.Load().(string); wrong != "" {
		err = errors.Join(err, errors.New(wrong))
	}
	out.Requests = float64(e.requests()) / float64(s.data.records)
	out.Missing, out.Duplicated = int64(s.data.records)-e.unique.Load(), e.accepted.Load()-e.unique.Load()
	return out, err
}

// through has the processes of a contestant take all records.
func (b *bench) through(ctx context.Context, e *endpoint, j job, c *contestant, out *sample) (err error) {
	inspection := e.inspect()
	var all team
	defer func() { err = errors.Join(err, all.stop()) }()
	for i := range j.instances {
		p, err := b.start(j, c, i)
		if err != nil {
			return err
		}
		all = append(all, p)
	}
	return b.measure(ctx, e, inspection, all, out)
}

// measure fills in what is seen while the processes run.
func (b *bench) measure(ctx context.Context, e *endpoint, inspection *fake.Handle, all team, out *sample) error {
	if err := e.await(ctx, 0, all); err != nil {
		return err
	}
	inspection.Remove()
	before, err := e.look(all)
	if err != nil {
		return err
	}
	if b.during != nil {
		b.during()
	}
	// Records that never come are a result and not an error.
	if err := e.await(ctx, 1, all); err != nil && !errors.Is(err, errStalled) {
		return err
	}
	after, err := e.look(all)
	if err != nil {
		return err
	}
	out.measured(before, after)
	if err := out.peak(all); err != nil {
		return err
	}
	if b.before != nil {
		return b.before()
	}
	return nil
}

// team is the processes of a run.
type team []*process

func (t team) stop() error {
	var err error
	for _, p := range t {
		err = errors.Join(err, p.stop())
	}
	return err
}

// start starts the i-th process of a contestant for a job.
func (b *bench) start(j job, c *contestant, i int) (*process, error) {
	var err error
	if j.admin, err = freeAddress(); err != nil {
		return nil, err
	}
	b.admin = j.admin
	if i > 0 {
		j.dir = filepath.Join(j.dir, fmt.Sprint(i))
		if err := os.MkdirAll(j.dir, 0o755); err != nil {
			return nil, err
		}
	}
	argv, env, err := c.command(b, j)
	if err != nil {
		return nil, err
	}
	return startProcess(argv, env, filepath.Join(j.dir, "log"))
}

// await blocks until the endpoint's i-th mark is reached, and gives up when a process ended or
// nothing new arrives.
func (e *endpoint) await(ctx context.Context, i int, all team) error {
	ticker := time.NewTicker(time.Second)
	defer ticker.Stop()
	last, since := e.unique.Load(), time.Now()
	for {
		select {
		case <-e.marks[i].reached:
			return nil
		case <-ctx.Done():
			return context.Cause(ctx)
		case <-ticker.C:
		}
		for _, p := range all {
			select {
			case <-p.done:
				return fmt.Errorf("%s ended early:\n%s", p.cmd.Path, p.output())
			default:
			}
		}
		if now := e.unique.Load(); now != last {
			last, since = now, time.Now()
		} else if time.Since(since) > stalled {
			return fmt.Errorf("%d of %d records arrived, then %w for %v:\n%s", last, e.scenario.data.records, errStalled, stalled, all[0].output())
		}
	}
}

// measured fills in what was done between two looks.
func (s *sample) measured(before, after look) {
	n, took := float64(after.records-before.records), after.at.Sub(before.at)
	s.Rate, s.CPU = n/took.Seconds(), float64((after.cpu-before.cpu).Nanoseconds())/1e3/n
}

// peak fills in the memory of the largest process so far.
func (s *sample) peak(all team) error {
	for _, p := range all {
		rss, err := p.peakRSS()
		if err != nil {
			return err
		}
		s.RSS = max(s.RSS, float64(rss)/1e6)
	}
	return nil
}

// look is the state of a run at one moment.
type look struct {
	at      time.Time
	records int64
	cpu     time.Duration // of all processes
}

func (e *endpoint) look(all team) (look, error) {
	l := look{at: time.Now(), records: e.unique.Load()}
	for _, p := range all {
		d, err := p.cpu()
		if err != nil {
			return l, err
		}
		l.cpu += d
	}
	return l, nil
}
