package drive

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"sync/atomic"
	"syscall"
	"time"

	"github.com/sluice-bridge/sluice/test/simulate"
)

// Child runs scenarios, each in a process of its own: it begins from nothing, a crash is its own, and one
// that hangs can be ended.
type Child struct {
	Binary string
	Limit  time.Duration // of real time, for one
	Loose  atomic.Bool   // set when chance could not be taken from one: a scenario may do something else again
}

// errChance is for a process that goes by chance of its own.
var errChance = errors.New("chance cannot be taken from a process here")

// Run runs a scenario. A process that crashes or hangs is a violation.
func (c *Child) Run(ctx context.Context, sc *simulate.Scenario) (*simulate.Result, error) {
	r, _, err := c.Logged(ctx, sc)
	return r, err
}

// Logged is like Run, and returns all that the members log.
func (c *Child) Logged(ctx context.Context, sc *simulate.Scenario) (*simulate.Result, string, error) {
	binary, err := filepath.Abs(c.Binary)
	if err != nil {
		return nil, "", err
	}
	dir, err := os.MkdirTemp("", "simulate")
	if err != nil {
		return nil, "", err
	}
	defer func() { _ = os.RemoveAll(dir) }()
	const scenario, result, logs = "scenario", "result", "log"
	if err := os.WriteFile(filepath.Join(dir, scenario), sc.Text(), 0o600); err != nil {
		return nil, "", err
	}
	limited, cancel := context.WithTimeout(ctx, c.Limit)
	defer cancel()
	var out bytes.Buffer
	command := func() *exec.Cmd {
		cmd := exec.CommandContext(limited, binary, "-test.run=^TestScenario$", "-test.timeout=0")
		cmd.Dir = dir
		cmd.Env = []string{"HOME=/nowhere", "TZ=UTC", "SIMULATE_SCENARIO=" + scenario, "SIMULATE_RESULT=" + result, "SIMULATE_LOG=" + logs,
			// One thread at a time, which nobody interrupts: a scenario does the same again. What is collected, and
			// when, would be chance; where that takes too much memory, it has to be.
			"GOMAXPROCS=1", "GOGC=off", "GOMEMLIMIT=4GiB", "GODEBUG=asyncpreemptoff=1,memprofilerate=0"}
		cmd.Cancel = func() error { return cmd.Process.Signal(syscall.SIGQUIT) } // with all stacks
		cmd.WaitDelay = 5 * time.Second
		cmd.Stdout, cmd.Stderr = &out, &out
		return cmd
	}
	failed := runByChance(command(), sc.Seed, sc.Chance)
	if errors.Is(failed, errChance) {
		c.Loose.Store(true)
		failed = command().Run()
	}
	if ctx.Err() != nil {
		return nil, "", ctx.Err()
	}
	r := &simulate.Result{Seed: sc.Seed}
	if text, err := os.ReadFile(filepath.Join(dir, result)); err == nil {
		if err := json.Unmarshal(text, r); err != nil {
			return nil, "", err
		}
	}
	if failed != nil {
		promise, check := "crash", crashed(out.String())
		if limited.Err() != nil {
			promise, check = "hang", "hang"
		}
		r.Violations = append(r.Violations, simulate.Violation{Promise: promise, Check: check, Text: fmt.Sprintf("%v: %s\n%s", failed, check, out.String())})
	}
	lines, err := os.ReadFile(filepath.Join(dir, logs))
	if err != nil && failed == nil {
		return nil, "", err
	}
	return r, string(lines) + out.String(), nil
}
