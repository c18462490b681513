package drive

import (
	"context"
	"runtime"

	"github.com/sluice-bridge/sluice/test/simulate"
)

const (
	// shrinkRuns is how many runs may be spent on making one scenario simpler.
	shrinkRuns = 3000
	// chances is how often a simpler scenario is tried: what it does at the same time comes in another order, so
	// that it may take other choices of the runtime to show the same.
	chances = 3
)

// Shrink makes a scenario simpler for as long as the same check fails, and returns the simplest, with what
// comes of it. It returns a nil result where the check does not fail again.
func (c *Child) Shrink(ctx context.Context, sc *simulate.Scenario, check string) (*simulate.Scenario, *simulate.Result, error) {
	return shrink(ctx, sc, func(ctx context.Context, sc *simulate.Scenario) (*simulate.Result, error) {
		r, err := c.Run(ctx, sc)
		if err != nil || !fails(r, check) {
			return nil, err
		}
		return r, nil
	})
}

// shows runs a scenario and returns what comes of it where that is what is looked for.
type shows func(ctx context.Context, sc *simulate.Scenario) (*simulate.Result, error)

func shrink(ctx context.Context, sc *simulate.Scenario, shows shows) (*simulate.Scenario, *simulate.Result, error) {
	r, err := shows(ctx, sc)
	if err != nil || r == nil {
		return sc, nil, err
	}
	for runs, progress := 0, true; progress; {
		progress = false
		all := sc.Simpler()
		for i := 0; i < len(all) && runs < shrinkRuns; {
			few := all[i:min(len(all), i+runtime.NumCPU())]
			runs += len(few) * chances
			simpler, result, err := first(ctx, few, shows)
			if err != nil {
				return nil, nil, err
			}
			if simpler == nil {
				i += len(few)
				continue
			}
			// What is left of the list is about where it was.
			progress, sc, r = true, simpler, result
			all = sc.Simpler()
		}
	}
	return sc, r, nil
}

// first returns the first of a few scenarios that shows what is looked for, and nil for none.
func first(ctx context.Context, few []*simulate.Scenario, shows shows) (*simulate.Scenario, *simulate.Result, error) {
	results := make([]*simulate.Result, len(few))
	scenarios := make([]*simulate.Scenario, len(few))
	err := each(ctx, len(few), func(ctx context.Context, i int) error {
		for n := range uint64(chances) {
			sc := *few[i]
			sc.Chance += n
			r, err := shows(ctx, &sc)
			if err != nil {
				return err
			}
			if r != nil {
				scenarios[i], results[i] = &sc, r
				return nil
			}
		}
		return nil
	})
	for i, r := range results {
		if r != nil && err == nil {
			return scenarios[i], r, nil
		}
	}
	return nil, nil, err
}

// fails reports whether a check is among those that failed.
func fails(r *simulate.Result, check string) bool { return failure(r, check) != nil }

func failure(r *simulate.Result, check string) *simulate.Violation {
	for i := range r.Violations {
		if r.Violations[i].Check == check {
			return &r.Violations[i]
		}
	}
	return nil
}
