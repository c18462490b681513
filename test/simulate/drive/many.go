package drive

import (
	"context"
	"errors"
	"runtime"
	"sync"

	"github.com/sluice-bridge/sluice/test/simulate"
)

// each has as many workers as there are processors call do with 0 to n-1, until one returns an error or
// ctx ends.
func each(ctx context.Context, n int, do func(ctx context.Context, i int) error) error {
	ctx, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	next := make(chan int)
	var workers sync.WaitGroup
	for range runtime.NumCPU() {
		workers.Go(func() {
			for i := range next {
				if err := do(ctx, i); err != nil {
					cancel(err)
				}
			}
		})
	}
	for i := 0; i < n && ctx.Err() == nil; i++ {
		select {
		case next <- i:
		case <-ctx.Done():
		}
	}
	close(next)
	workers.Wait()
	return context.Cause(ctx)
}

// Many runs the scenarios of so many seeds from a first one on, and hands over each result, one at a time. It
// returns nil also where ctx ends it.
func (c *Child) Many(ctx context.Context, first uint64, runs int, see func(sc *simulate.Scenario, r *simulate.Result)) error {
	var mu sync.Mutex
	err := each(ctx, runs, func(ctx context.Context, i int) error {
		sc := simulate.Draw(first + uint64(i))
		r, err := c.Run(ctx, sc)
		if err != nil {
			return err
		}
		mu.Lock()
		defer mu.Unlock()
		see(sc, r)
		return nil
	})
	if errors.Is(err, context.Canceled) {
		return nil
	}
	return err
}
