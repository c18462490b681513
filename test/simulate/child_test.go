package simulate

import (
	"encoding/json"
	"os"
	"runtime"
	"strconv"
	"syscall"
	"testing"
	"testing/cryptotest"
	"testing/synctest"
)

// stopFinalizers has no finalizer run any more: those of libraries close channels of the bubble, which only who is
// in it may. All run on one goroutine, which the first holds for ever.
func stopFinalizers() {
	running := make(chan struct{})
	runtime.SetFinalizer(&struct{ of [16]byte }{}, func(any) {
		close(running)
		select {}
	})
	runtime.GC()
	<-running
}

// TestScenario is what a child of the simulator runs: the scenario in the file SIMULATE_SCENARIO, or that
// of the seed SIMULATE_SEED. The result goes to the file SIMULATE_RESULT, what the members log to SIMULATE_LOG:
// always, since a scenario that is to be looked into must do what it did before.
func TestScenario(t *testing.T) {
	syscall.Getppid() // tells drive/threads_linux.go that the runtime has started
	var sc *Scenario
	if file := os.Getenv("SIMULATE_SCENARIO"); file != "" {
		text, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		if sc, err = Read(text); err != nil {
			t.Fatal(err)
		}
	} else if seed, err := strconv.ParseUint(os.Getenv("SIMULATE_SEED"), 10, 64); err == nil {
		sc = Draw(seed)
	} else {
		t.Skip("is for children of the simulator")
	}
	log, err := os.Create(os.Getenv("SIMULATE_LOG"))
	if err != nil {
		t.Fatal(err)
	}
	t.Setenv("AWS_ACCESS_KEY_ID", "key")
	t.Setenv("AWS_SECRET_ACCESS_KEY", "secret")
	stopFinalizers()
	cryptotest.SetGlobalRandom(t, sc.Seed)
	synctest.Test(t, func(t *testing.T) {
		res, err := Run(t.Context(), sc, log)
		if err != nil {
			res = &Result{Seed: sc.Seed, Violations: []Violation{{Promise: Unplayed, Check: Unplayed, Text: err.Error()}}}
		}
		text, err := json.Marshal(res)
		if err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(os.Getenv("SIMULATE_RESULT"), text, 0o600); err != nil {
			t.Fatal(err)
		}
	})
}
