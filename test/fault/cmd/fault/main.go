// Command fault plays schedules of faults against the real binary and prints what came of it.
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"os"
	"os/signal"
	"path/filepath"
	"strings"
	"syscall"

	"github.com/sluice-bridge/sluice/test/fault"
)

func main() { os.Exit(run()) }

func run() int {
	seed := flag.Uint64("seed", 1, "what chance goes by")
	name := flag.String("schedule", "", "the one schedule to play; all where nothing is said")
	runs := flag.Int("runs", 1, "how often, each time with the next seed")
	page := flag.String("record", "", "the page to write the table to")
	soak := flag.Int("soak", 0, "instead of schedules: how many events to send, watching memory")
	flag.Parse()
	schedules := fault.Schedules
	if *name != "" {
		s, ok := fault.Find(*name)
		if !ok {
			fmt.Fprintf(os.Stderr, "fault: there is no schedule %q; there are %s\n", *name, strings.Join(names(), ", "))
			return 2
		}
		schedules = []fault.Schedule{s}
	}
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	err := perform(ctx, func(env fault.Env) error {
		if *soak > 0 {
			return endure(ctx, env, *soak)
		}
		results, err := play(ctx, env, schedules, *seed, *runs)
		fmt.Print("\n", fault.Text(results))
		if err == nil && *page != "" {
			err = fault.Record(*page, results)
		}
		return err
	})
	if err != nil {
		fmt.Fprintln(os.Stderr, "fault:", err)
		return 1
	}
	return 0
}

func names() (all []string) {
	for _, s := range fault.Schedules {
		all = append(all, s.Name)
	}
	return all
}

// perform builds sluice and starts Kafka for what is to be done with them.
func perform(ctx context.Context, do func(fault.Env) error) error {
	fmt.Println("building sluice and starting Kafka")
	env, end, err := fault.Setup(ctx)
	if err != nil {
		return err
	}
	return errors.Join(do(env), end())
}

// play plays the schedules on one broker.
func play(ctx context.Context, env fault.Env, schedules []fault.Schedule, seed uint64, runs int) (results []fault.Result, err error) {
	failed := 0
	for n := range runs {
		for _, s := range schedules {
			r, err := fault.Run(ctx, env, s, seed+uint64(n))
			if err != nil {
				return results, err
			}
			results = append(results, r)
			fmt.Print(r.Line())
			if !r.Passed() {
				failed++
				explain(r)
			}
		}
	}
	if failed > 0 {
		return results, fmt.Errorf("%d of %d did not pass; repeat one with SCHEDULE= and SEED=", failed, len(results))
	}
	return results, nil
}

// endure sends so many events, or fewer when ctx ends. Its last line is its verdict.
func endure(ctx context.Context, env fault.Env, count int) error {
	r, err := fault.Soak(ctx, env, count, os.Stdout)
	if err != nil {
		return err
	}
	fmt.Print("\n", fault.Text([]fault.Result{r}))
	if !r.Passed() {
		explain(r)
		return errors.New("the soak FAILED")
	}
	fmt.Println("the soak passed")
	return nil
}

// explain tells why a run did not pass, and writes what its instances printed to a file that stays.
func explain(r fault.Result) {
	fmt.Printf("  %s\n", strings.Join(r.Problems, "\n  "))
	name := filepath.Join(os.TempDir(), fmt.Sprintf("sluice-fault-%s-%d.log", r.Schedule.Name, r.Seed))
	if err := os.WriteFile(name, []byte(r.Logs), 0o600); err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println("  what the bridge printed is in", name)
}
