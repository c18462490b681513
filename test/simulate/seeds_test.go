package simulate_test

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/sluice-bridge/sluice/test/simulate"
	"github.com/sluice-bridge/sluice/test/simulate/drive"
)

// built is a child of the tree as it is, built by the first test that needs it.
var built struct {
	sync.Once
	dir    string
	binary string
	err    error
}

func TestMain(m *testing.M) {
	code := m.Run()
	_ = os.RemoveAll(built.dir)
	os.Exit(code)
}

func child(t *testing.T) *drive.Child {
	t.Helper()
	if testing.Short() {
		t.Skip("takes a minute")
	}
	built.Do(func() {
		if built.dir, built.err = os.MkdirTemp("", "simulate"); built.err == nil {
			built.binary, built.err = drive.Build(context.Background(), "../..", built.dir)
		}
	})
	if built.err != nil {
		t.Fatal(built.err)
	}
	return &drive.Child{Binary: built.binary, Limit: 2 * time.Minute}
}

// The seeds are the same each time: what they find is a fault of the change that is tested. `make simulate`
// runs others.
func TestSeeds(t *testing.T) {
	const first, runs = 426, 60
	c := child(t)
	for seed := uint64(first); seed < first+runs; seed++ { // one at a time: other packages are tested beside
		sc := simulate.Draw(seed)
		r, err := c.Run(t.Context(), sc)
		if err != nil {
			t.Fatal(err)
		}
		if len(r.Violations) > 0 {
			t.Errorf("make simulate RUNS=1 SEED=%d\n%s", seed, drive.Story(sc, r, ""))
		}
	}
}

// TestPastFaultsStayMended runs the scenarios that once showed a fault, each with a few orders of what happens at the same
// time.
func TestPastFaultsStayMended(t *testing.T) {
	files, err := filepath.Glob("testdata/*.json")
	if err != nil {
		t.Fatal(err)
	}
	for _, file := range files {
		t.Run(strings.TrimSuffix(filepath.Base(file), ".json"), func(t *testing.T) {
			text, err := os.ReadFile(file)
			if err != nil {
				t.Fatal(err)
			}
			sc, err := simulate.Read(text)
			if err != nil {
				t.Fatal(err)
			}
			if sc.About == "" {
				t.Error("it does not say what it showed")
			}
			c := child(t)
			for range 4 {
				r, err := c.Run(t.Context(), sc)
				if err != nil {
					t.Fatal(err)
				}
				if len(r.Violations) > 0 {
					t.Fatalf("make simulate SCENARIO=test/simulate/%s\n%s", file, drive.Story(sc, r, ""))
				}
				sc.Chance++
			}
		})
	}
}

// A scenario does the same again, or nobody could look into what it shows.
func TestScenariosDoTheSameAgain(t *testing.T) {
	c := child(t)
	for seed := range uint64(4) {
		var traces []string
		for range 3 {
			r, err := c.Run(t.Context(), simulate.Draw(seed))
			if err != nil {
				t.Fatal(err)
			}
			traces = append(traces, fmt.Sprint(r.Trace, r.Took))
		}
		if c.Loose.Load() {
			t.Skip("chance cannot be taken from a process here")
		}
		if traces[0] != traces[1] || traces[0] != traces[2] {
			t.Errorf("seed %d: %q", seed, traces)
		}
	}
}
