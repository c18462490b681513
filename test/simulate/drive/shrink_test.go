package drive

import (
	"context"
	"slices"
	"sync/atomic"
	"testing"

	"github.com/sluice-bridge/sluice/test/simulate"
)

// A scenario is shrunk to what shows the fault, and to nothing else.
func TestScenarioIsShrunkToItsFault(t *testing.T) {
	const seed = 7
	sc := simulate.Draw(seed)
	for n := uint64(seed + 1); len(sc.Events) < 4 || len(sc.Topics) < 2; n++ {
		sc = simulate.Draw(n)
	}
	needed := sc.Events[1]
	var runs atomic.Int64
	got, r, err := shrink(t.Context(), sc, func(_ context.Context, sc *simulate.Scenario) (*simulate.Result, error) {
		runs.Add(1)
		has := slices.ContainsFunc(sc.Events, func(e simulate.Event) bool { return e.Do == needed.Do && e.At >= needed.At/2 })
		if !has || len(sc.Setup.Destinations) == 0 {
			return nil, nil
		}
		return &simulate.Result{}, nil
	})
	if err != nil || r == nil {
		t.Fatal(r, err)
	}
	if len(got.Events) != 1 || got.Events[0].Do != needed.Do || got.Events[0].At < needed.At/2 ||
		len(got.Bursts) != 0 || len(got.Setup.Destinations) != 1 || len(got.Topics) != 0 || len(got.Setup.Rules) != 0 || got.Brokers != 1 || got.Members != 1 {
		t.Errorf("%d runs have led to\n%s", runs.Load(), got.Text())
	}
	again, r, err := shrink(t.Context(), sc, func(context.Context, *simulate.Scenario) (*simulate.Result, error) { return nil, nil })
	if err != nil || r != nil || again != sc {
		t.Error("what shows nothing is shrunk")
	}
}
