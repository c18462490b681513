package fault

import (
	"context"
	"fmt"
	"time"
)

// Schedule is a sequence of faults. What it plays goes on while events flow.
type Schedule struct {
	Name string
	// What tells of its faults in a few words.
	What string
	// Duplicates tells which duplicates at standard destinations it allows; empty for none.
	Duplicates string
	// set changes the settings before anything starts.
	set  func(*settings)
	play func(*World) error
}

// Schedules are all there are, in the order in which they are told of.
var Schedules = concat(processSchedules, groupSchedules, reloadSchedules, kafkaSchedules, logSchedules, awsSchedules, memorySchedules, sideSchedules, unreadableSchedules, []Schedule{mix})

func concat(lists ...[]Schedule) (all []Schedule) {
	for _, l := range lists {
		all = append(all, l...)
	}
	return all
}

// Find returns the schedule of a name.
func Find(name string) (Schedule, bool) {
	for _, s := range Schedules {
		if s.Name == name {
			return s, true
		}
	}
	return Schedule{}, false
}

// Result is what came of a run.
type Result struct {
	Schedule Schedule
	Seed     uint64
	Findings
	Allowed  int // duplicates
	Took     time.Duration
	Problems []string // why it did not pass
	Logs     string   // of the instances, where it did not
}

// Passed says whether all promises held.
func (r *Result) Passed() bool { return len(r.Problems) == 0 }

// warmUp is how many messages arrive before the first fault.
const warmUp = 500

// Run plays a schedule. An error says that it could not even be set up.
func Run(ctx context.Context, env Env, s Schedule, seed uint64) (Result, error) {
	w, err := newWorld(ctx, env, s.Name, seed)
	if err != nil {
		return Result{}, fmt.Errorf("setting up schedule %s: %w", s.Name, err)
	}
	defer w.close()
	if s.set != nil {
		s.set(&w.setting)
	}
	if err := w.gather(); err != nil {
		return Result{}, fmt.Errorf("setting up schedule %s: %w", s.Name, err)
	}
	if err := w.gatherSide(); err != nil {
		return Result{}, fmt.Errorf("setting up schedule %s: %w", s.Name, err)
	}
	return w.result(s, seed, w.perform(s)), ctx.Err()
}

// perform plays a schedule and lets everything come to rest.
func (w *World) perform(s Schedule) error {
	if _, err := w.start(); err != nil {
		return err
	}
	w.feed.turn(true)
	if err := w.progress(warmUp); err != nil {
		return err
	}
	if err := s.play(w); err != nil {
		return err
	}
	if err := w.progress(warmUp); err != nil {
		return err
	}
	return w.rest()
}

// rest ends the events, waits until what was produced has arrived and is committed, and stops all
// instances.
func (w *World) rest() error {
	w.feed.turn(false)
	if err := w.settled(); err != nil {
		return err
	}
	if w.crowd != nil {
		if err := w.crowd.served(); err != nil {
			return err
		}
	}
	if err := w.until("everything to be committed", w.watch.everything); err != nil {
		return err
	}
	for _, i := range w.running() {
		if err := i.stop(); err != nil {
			return err
		}
	}
	return nil
}

// result judges a run that has ended, with an error perhaps.
func (w *World) result(s Schedule, seed uint64, err error) Result {
	w.feed.stop()
	w.watch.stop()
	r := Result{Schedule: s, Seed: seed, Findings: w.ledger.finish(), Allowed: w.allowance(), Took: time.Since(w.began)}
	if w.crowd != nil {
		w.crowd.finish(&r.Findings)
	}
	if err != nil {
		r.Problems = append(r.Problems, err.Error())
	}
	r.Problems = append(r.Problems, r.judge()...)
	if w.setting.bounded {
		r.Problems = append(r.Problems, w.overfed()...)
	}
	for _, i := range w.instances {
		if i.Raced() {
			r.Problems = append(r.Problems, i.name+" has a data race")
		}
	}
	if !r.Passed() {
		r.Logs = w.logs()
	}
	return r
}

// overfed says which instances had more memory than their settings promise, or did not tell.
func (w *World) overfed() (problems []string) {
	bound := w.setting.bound()
	for _, i := range w.instances {
		if !i.told {
			i.remember()
		}
		if i.peak == 0 || i.peak > bound {
			problems = append(problems, fmt.Sprintf("%s: %.1f MiB resident at the most, and the bound is %.1f MiB", i.name, mib(i.peak), mib(bound)))
		}
	}
	return problems
}

// judge says what was not as promised.
func (r *Result) judge() (problems []string) {
	for _, c := range []struct {
		n    int
		what string
	}{
		{r.Lost, "lost"}, {r.FIFODuplicated, "seen twice behind a FIFO destination"}, {r.OutOfOrder, "out of order"},
		{r.Altered, "altered or astray"}, {r.StrayLetters, "dead-lettered without a reason"},
		{r.Early, "settled after their offset was committed"}, {r.WentBack, "commits that went back"},
		{max(r.Duplicated-r.Allowed, 0), fmt.Sprintf("duplicates above the %d that are explained", r.Allowed)},
	} {
		if c.n > 0 {
			problems = append(problems, fmt.Sprintf("%d %s", c.n, c.what))
		}
	}
	if len(problems) > 0 {
		problems = append(problems, r.Samples...)
	}
	return problems
}
