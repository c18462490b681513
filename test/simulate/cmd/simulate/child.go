package main

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"syscall"
	"time"

	"github.com/sluice-bridge/sluice/test/simulate"
)

// children run scenarios, each in a process of its own: it begins from nothing, a crash is its own, and one
// that hangs can be ended.
type children struct {
	binary string
	limit  time.Duration // of real time, for one
	dir    string
}

// run runs a scenario. A process that crashes or hangs is a violation.
func (c *children) run(ctx context.Context, sc *simulate.Scenario) (*simulate.Result, error) {
	dir, err := os.MkdirTemp(c.dir, "")
	if err != nil {
		return nil, err
	}
	defer os.RemoveAll(dir)
	text, err := json.Marshal(sc)
	if err != nil {
		return nil, err
	}
	scenario, result := filepath.Join(dir, "scenario"), filepath.Join(dir, "result")
	if err := os.WriteFile(scenario, text, 0o600); err != nil {
		return nil, err
	}
	limited, cancel := context.WithTimeout(ctx, c.limit)
	defer cancel()
	cmd := exec.CommandContext(limited, c.binary, "-test.run=^TestScenario$", "-test.timeout=0")
	cmd.Env = append(os.Environ(), "SIMULATE_SCENARIO="+scenario, "SIMULATE_RESULT="+result,
		// One thread, so that a seed does the same again as far as the runtime allows. No collection: the
		// finalizers that a library sets would close channels of the bubble from outside.
		"GOMAXPROCS=1", "GOGC=off")
	cmd.Cancel = func() error { return cmd.Process.Signal(syscall.SIGQUIT) } // with all stacks
	cmd.WaitDelay = 5 * time.Second
	var out bytes.Buffer
	cmd.Stdout, cmd.Stderr = &out, &out
	failed := cmd.Run()
	if ctx.Err() != nil {
		return nil, ctx.Err()
	}
	r := &simulate.Result{Seed: sc.Seed}
	if text, err := os.ReadFile(result); err == nil {
		if err := json.Unmarshal(text, r); err != nil {
			return nil, err
		}
	}
	if failed != nil {
		promise := "crash"
		if limited.Err() != nil {
			promise = "hang"
		}
		r.Violations = append(r.Violations, simulate.Violation{Promise: promise, Text: fmt.Sprintf("%v: %s", failed, out.String())})
	}
	return r, nil
}

// seed is the scenario's, as a text.
func seed(sc *simulate.Scenario) string { return strconv.FormatUint(sc.Seed, 10) }
