package main

import (
	"context"
	"fmt"
	"io"
	"time"

	"github.com/sluice-bridge/sluice/config"
	"github.com/sluice-bridge/sluice/doctor"
	"github.com/sluice-bridge/sluice/internal/excerpt"
)

// connect runs the checks of what a configuration refers to. The error counts those that failed.
func connect(ctx context.Context, cfg *config.Config, timeout time.Duration, report func(doctor.Check)) error {
	ctx, cancel := context.WithTimeout(ctx, timeout)
	defer cancel()
	done, failed := 0, 0
	doctor.Examine(ctx, cfg, func(c doctor.Check) {
		if c.Result != doctor.Note {
			done++
		}
		if c.Result == doctor.Failed {
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
func printCheck(out io.Writer) func(doctor.Check) {
	return func(c doctor.Check) {
		excerpt.Fprintf(out, "%-4s  %s: %s\n", c.Result, c.Place, c.Message)
	}
}

var severities = map[doctor.Result]string{doctor.OK: "ok", doctor.Note: "note", doctor.Failed: "error"}

func collectCheck(all *[]finding) func(doctor.Check) {
	return func(c doctor.Check) {
		*all = append(*all, finding{Severity: severities[c.Result], Path: c.Place, Message: c.Message})
	}
}
