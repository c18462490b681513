// Command bench measures the bridge beside other ways from Kafka to SQS and SNS: every contestant
// is a process of its own that reads the same topic of a real Kafka and sends to the same endpoint,
// which lives in this process. Contestants take turns, round by round; a ratio compares runs of the
// same round. `make bench` starts Kafka around it.
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"os"
	"os/signal"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
	"time"

	"github.com/sluice-bridge/sluice/test/parts"
)

// flags are what is asked for.
type flags struct {
	only, with      string
	before          string
	quick, record   bool
	profile         bool
	records, rounds int
	limit           time.Duration
}

func main() {
	f := flags{}
	flag.StringVar(&f.only, "only", "", "parts or scenarios to run, such as sqs,sns-0ms; all when empty")
	flag.StringVar(&f.with, "with", "", "contestants to run, such as sluice,raw; all when empty")
	flag.StringVar(&f.before, "before", "", "another binary of the bridge, such as one of before a change, to run beside it in the same rounds")
	flag.BoolVar(&f.quick, "quick", false, "fewer records, a single round")
	flag.BoolVar(&f.profile, "profile", false, "take CPU and heap profiles of the bridge in every scenario, in a run of their own")
	flag.BoolVar(&f.record, "record", false, "write the results to docs/PERFORMANCE.md and docs/performance")
	flag.IntVar(&f.records, "records", 200_000, "records of the base load")
	flag.IntVar(&f.rounds, "rounds", 3, "rounds")
	flag.DurationVar(&f.limit, "limit", 36*time.Minute, "when no further run begins")
	flag.Parse()
	if f.quick {
		f.records, f.rounds, f.limit = min(f.records, 40_000), 1, min(f.limit, 4*time.Minute)
	}
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	context.AfterFunc(ctx, stop) // a second signal ends at once
	err := run(ctx, f)
	stop()
	if err != nil {
		fmt.Fprintln(os.Stderr, "bench:", err)
		os.Exit(1)
	}
}

func run(ctx context.Context, f flags) error {
	if f.record && f.only+f.with+f.before != "" {
		return errors.New("-record writes the whole page: leave out -only, -with and -before")
	}
	if f.before != "" {
		earlier, err := earlierBinary(f.before)
		if err != nil {
			return err
		}
		contestants = append(contestants, earlier)
	}
	b, err := newBench()
	if err != nil {
		return err
	}
	defer b.close()
	chosen := choose(scenarios(f.records), f)
	low := slices.DeleteFunc(slices.Clone(lowContestants), func(name string) bool { return !wanted(f.only, "low") || !wanted(f.with, name) })
	if len(chosen) == 0 && len(low) == 0 {
		return fmt.Errorf("-only %s -with %s leave nothing to run; parts are %s", f.only, f.with, strings.Join(partNames(), ", "))
	}
	ready, skipped := b.prepare(ctx, chosen, low)
	b.deadline = time.Now().Add(f.limit)
	r := report{flags: f, skipped: skipped, results: lineUp(chosen, ready)}
	b.collect(ctx, &r, chosen, ready, len(low) > 0)
	// What was measured is told even when it is not all that was asked for.
	if err := errors.Join(ctx.Err(), b.publish(context.WithoutCancel(ctx), &r)); err != nil {
		return err
	}
	if !f.profile || ready["sluice"] == nil {
		return nil
	}
	for _, s := range chosen {
		if err := b.profile(ctx, s, ready["sluice"]); err != nil {
			return err
		}
	}
	return nil
}

var errInterrupted = errors.New("it was interrupted")

// collect fills in the report, round by round, until it is complete, time is up or ctx ends.
func (b *bench) collect(ctx context.Context, r *report, chosen []scenario, ready map[string]*contestant, low bool) {
	for n := range r.flags.rounds {
		r.cut = b.round(ctx, n, chosen, ready, r.results)
		if n == 0 && low && ctx.Err() == nil {
			if r.low, r.lowProblem = b.lowEnd(ctx, lowEndOf(r.flags), ready); r.lowProblem != nil {
				progress("the low end: %v", r.lowProblem)
			}
		}
		if ctx.Err() != nil {
			r.cut = errInterrupted
		}
		if r.cut != nil {
			return
		}
	}
}

func lowEndOf(f flags) lowEnd {
	if f.quick {
		return lowEnd{idle: 20 * time.Second, messages: 11, starts: 3}
	}
	return lowEnd{idle: 30 * time.Second, messages: 121, starts: 10}
}

func newBench() (*bench, error) {
	b := &bench{topics: map[data]string{}, broker: os.Getenv(parts.EnvKafka)}
	if b.broker == "" {
		return nil, fmt.Errorf("no Kafka: run `make bench`, which starts one, or set %s to host:port", parts.EnvKafka)
	}
	var err error
	if b.root, err = parts.Root(); err != nil {
		return nil, err
	}
	if b.dir, err = os.MkdirTemp("", "sluice-bench-"); err != nil {
		return nil, err
	}
	cache, err := parts.Cache()
	if err != nil {
		return nil, err
	}
	b.cache = filepath.Join(cache, "bench")
	return b, os.MkdirAll(b.cache, 0o755)
}

// close removes what the bench made, whose Kafka may go on.
func (b *bench) close() {
	ctx, cancel := context.WithTimeout(context.Background(), 10*time.Second)
	defer cancel()
	if err := b.deleteTopics(ctx); err != nil {
		progress("deleting the topics: %v", err)
	}
	_ = os.RemoveAll(b.dir)
}

// wanted says whether a list of names, empty for all, has one.
func wanted(list string, names ...string) bool {
	return list == "" || slices.ContainsFunc(strings.Split(list, ","), func(s string) bool { return slices.Contains(names, s) })
}

// choose keeps what the flags name.
func choose(all []scenario, f flags) []scenario {
	var chosen []scenario
	for _, s := range all {
		s.contestants = slices.DeleteFunc(slices.Clone(s.contestants), func(name string) bool {
			// A quick run has no time for more than one of the peers' runs.
			return !wanted(f.with, name) || f.quick && f.with == "" && s.name != "sqs-5ms" && slices.Contains(peers, name)
		})
		if f.before != "" && slices.Contains(s.contestants, "sluice") {
			s.contestants = append(s.contestants, beforeName)
		}
		if wanted(f.only, s.part, s.name) && len(s.contestants) > 0 {
			chosen = append(chosen, s)
		}
	}
	return chosen
}

// partNames are what -only takes, but for single scenarios.
func partNames() []string {
	names := []string{"low"}
	for _, s := range scenarios(1) {
		if !slices.Contains(names, s.part) {
			names = append(names, s.part)
		}
	}
	return names
}
