package main

import (
	"errors"
	"fmt"
	"os"
	"time"

	"github.com/spf13/cobra"

	"github.com/sluice-bridge/sluice/config"
	"github.com/sluice-bridge/sluice/doctor"
	"github.com/sluice-bridge/sluice/doctor/report"
	"github.com/sluice-bridge/sluice/internal/excerpt"
	"github.com/sluice-bridge/sluice/wiring"
)

const validateLong = `Check a configuration. Every problem is one sentence with its place in the file, and the exit code is
then 2. If there is none, a summary is printed. Endpoints in the environment and in the files of AWS
(~/.aws, with the profile of AWS_PROFILE) count too, so run it with those that the bridge will have.

With --connect it also looks at what the configuration names: brokers, topics, consumer groups, the
dead-letter topic, and queues and topics of AWS with their kind, limits and permissions. It creates
and sends nothing. Each check is one line: ok, note (good to know, or cannot be checked from here) or
FAIL. With a FAIL the exit code is 1.

With --json standard output is a JSON array of

  {"severity": "error|warning|note|ok", "file", "line", "column", "path", "message"}

where note and ok come from --connect only. It is empty if there is nothing to report.`

type validateOptions struct {
	config        string
	connect, json bool
	timeout       time.Duration
}

func newValidate() *cobra.Command {
	var o validateOptions
	c := &cobra.Command{
		Use:               "validate",
		Short:             "Report every problem of a configuration",
		Long:              validateLong,
		Example:           "  sluice validate -c bridge.yaml\n  sluice validate -c bridge.yaml --connect --timeout 30s",
		Args:              noArgs,
		ValidArgsFunction: noFiles,
		RunE:              func(c *cobra.Command, _ []string) error { return validate(c, o) },
	}
	configFlag(c, &o.config)
	c.Flags().BoolVar(&o.connect, "connect", false, "look at brokers, topics and queues too")
	c.Flags().DurationVar(&o.timeout, "timeout", 10*time.Second, "how long --connect may take")
	c.Flags().BoolVar(&o.json, "json", false, "print what is found as a JSON array")
	_ = c.RegisterFlagCompletionFunc("timeout", noFiles) // for completion only
	return c
}

func validate(c *cobra.Command, o validateOptions) error {
	switch {
	case o.timeout <= 0:
		return usagef("--timeout is %v; write a time above zero, like 10s", o.timeout)
	case c.Flags().Changed("timeout") && !o.connect:
		return usagef("--timeout is for --connect; add that, or leave it out")
	}
	cfg, err := config.Load(o.config, os.Environ())
	if err == nil {
		problems, warnings := wiring.Endpoints(c.Context(), cfg)
		if problems != nil {
			err = problems
		}
		cfg.Warnings = append(cfg.Warnings, warnings...)
	}
	out := c.OutOrStdout()
	if !o.json {
		if err != nil {
			return err
		}
		if err := report.Summary(out, o.config, cfg); err != nil || !o.connect {
			return err
		}
		excerpt.Fprintf(out, "\n")
		if err := doctor.Examine(c.Context(), cfg, o.timeout, func(c doctor.Check) { report.Check(out, c) }); err != nil {
			return fmt.Errorf("%w; see the lines that begin with %s", err, doctor.Failed)
		}
		return nil
	}
	var problems config.Problems
	switch {
	case errors.As(err, &problems):
		return errors.Join(report.JSON(out, report.Errors(problems)), silent{problems})
	case err != nil:
		return err
	}
	all := report.Warnings(cfg.Warnings)
	if o.connect {
		failed := doctor.Examine(c.Context(), cfg, o.timeout, func(c doctor.Check) { all = append(all, report.Checked(c)) })
		if failed != nil {
			err = silent{failed}
		}
	}
	return errors.Join(report.JSON(out, all), err)
}
