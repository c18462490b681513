package main

import (
	"context"
	"fmt"
	"io"
	"time"

	"github.com/sluice-bridge/sluice/config"
	"github.com/sluice-bridge/sluice/daemon"
)

// connect runs the checks of what a configuration refers to. The error counts those that failed.
func connect(ctx context.Context, cfg *config.Config, timeout time.Duration, report func(daemon.Check)) error {
	ctx, cancel := context.WithTimeout(ctx, timeout)
	defer cancel()
	done, failed := 0, 0
	daemon.Connect(ctx, cfg, func(c daemon.Check) {
		if c.Result != daemon.CheckNote {
			done++
		}
		if c.Result == daemon.CheckFailed {
			failed++
		}
		report(c)
	})
	if failed > 0 {
		return fmt.Errorf("%d of %d checks failed; see the lines that begin with FAIL", failed, done)
	}
	return nil
}

// printCheck prints a check on one line.
func printCheck(out io.Writer) func(daemon.Check) {
	return func(c daemon.Check) {
		sayf(out, "%-4s  %s: %s\n", c.Result, c.Place, c.Message)
	}
}

var severities = map[daemon.CheckResult]string{daemon.CheckOK: "ok", daemon.CheckNote: "note", daemon.CheckFailed: "error"}

func collectCheck(all *[]finding) func(daemon.Check) {
	return func(c daemon.Check) {
		*all = append(*all, finding{Severity: severities[c.Result], Path: c.Place, Message: c.Message})
	}
}
