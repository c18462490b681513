package main

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"time"

	"github.com/sluice-bridge/sluice/test/simulate"
	"github.com/sluice-bridge/sluice/test/simulate/drive"
)

// failure is the first scenario whose check failed, and how many did.
type failure struct {
	violation simulate.Violation
	scenario  *simulate.Scenario
	count     int
}

// many runs scenarios, and returns those that failed by what failed first in them.
func (o *options) many(ctx context.Context, c *drive.Child) ([]*failure, error) {
	const every = 5 * time.Second
	tally := drive.NewTally(o.seed)
	var failures []*failure
	byCheck := map[string]*failure{}
	said := time.Now()
	err := c.Many(ctx, o.seed, o.runs, func(sc *simulate.Scenario, r *simulate.Result) {
		tally.Add(sc, r)
		if len(r.Violations) > 0 {
			v := r.Violations[0]
			fmt.Printf("seed %d: %s\n", sc.Seed, short(v))
			f := byCheck[v.Check]
			if f == nil {
				f = &failure{violation: v, scenario: sc}
				byCheck[v.Check] = f
				failures = append(failures, f)
			}
			if f.count++; len(sc.Events) < len(f.scenario.Events) {
				f.scenario = sc
			}
		}
		if time.Since(said) >= every {
			said = time.Now()
			fmt.Fprintln(os.Stderr, tally.Line(o.runs))
		}
	})
	if err != nil {
		return nil, err
	}
	if o.runs > 1 {
		fmt.Print(tally.Text())
	}
	if c.Loose.Load() {
		fmt.Println("This system does not let processes be traced: a seed may do something else when it is run again.")
	}
	if o.record != "" && len(failures) == 0 && tally.Done == o.runs {
		err = tally.Record(o.record)
	}
	return failures, err
}

// explain shrinks one scenario of each check that failed, and tells of it.
func (o *options) explain(ctx context.Context, c *drive.Child, failures []*failure) error {
	for _, f := range failures {
		fmt.Printf("\n%d failed like seed %d: %s\n", f.count, f.scenario.Seed, short(f.violation))
		sc, r, err := c.Shrink(ctx, f.scenario, f.violation.Check)
		if err != nil {
			return err
		}
		if r == nil {
			fmt.Printf("It did not fail again. The seed: make simulate RUNS=1 SEED=%d\n", sc.Seed)
			continue
		}
		fmt.Print(drive.Story(sc, r, f.violation.Check))
		if o.keep == "" {
			fmt.Printf("The seed again: make simulate RUNS=1 SEED=%d\n", f.scenario.Seed)
			continue
		}
		file := filepath.Join(o.keep, fmt.Sprintf("%s-%d.json", strings.ToLower(f.violation.Promise), sc.Seed))
		if err := keep(file, sc); err != nil {
			return err
		}
		fmt.Printf("This again: make simulate SCENARIO=%s\nThe seed again: make simulate RUNS=1 SEED=%d\n", file, f.scenario.Seed)
	}
	return nil
}

func keep(file string, sc *simulate.Scenario) error {
	if err := os.MkdirAll(filepath.Dir(file), 0o755); err != nil {
		return err
	}
	return os.WriteFile(file, sc.Text(), 0o644)
}

var space = regexp.MustCompile(`\s+`)

// short is a violation in a line.
func short(v simulate.Violation) string {
	const most = 400
	text := space.ReplaceAllString(fmt.Sprintf("%s after %s: %s", v.Promise, v.At.Round(time.Millisecond), v.Text), " ")
	if len(text) > most {
		text = text[:most] + "…"
	}
	return text
}
