package main

import (
	"bufio"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"time"

	"github.com/spf13/cobra"

	"github.com/sluice-bridge/sluice/config"
	"github.com/sluice-bridge/sluice/doctor"
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
		if err := summarize(out, o.config, cfg); err != nil || !o.connect {
			return err
		}
		excerpt.Fprintf(out, "\n")
		if err := doctor.Examine(c.Context(), cfg, o.timeout, printCheck(out)); err != nil {
			return fmt.Errorf("%w; see the lines that begin with %s", err, doctor.Failed)
		}
		return nil
	}
	var problems config.Problems
	switch {
	case errors.As(err, &problems):
		return errors.Join(writeFindings(out, findings("error", problems)), silent{problems})
	case err != nil:
		return err
	}
	all := findings("warning", cfg.Warnings)
	if o.connect {
		failed := doctor.Examine(c.Context(), cfg, o.timeout, func(c doctor.Check) {
			all = append(all, finding{Severity: severities[c.Result], Path: c.Place, Message: c.Message})
		})
		if failed != nil {
			err = silent{failed}
		}
	}
	return errors.Join(writeFindings(out, all), err)
}

// finding is one element of what validate --json prints.
type finding struct {
	Severity string `json:"severity"`
	File     string `json:"file,omitempty"`
	Line     int    `json:"line,omitempty"`
	Column   int    `json:"column,omitempty"`
	Path     string `json:"path,omitempty"`
	Message  string `json:"message"`
}

func findings(severity string, problems config.Problems) []finding {
	all := make([]finding, 0, len(problems))
	for _, p := range problems {
		all = append(all, finding{severity, p.File, p.Line, p.Column, p.Path, p.Message})
	}
	return all
}

func writeFindings(out io.Writer, all []finding) error {
	enc := json.NewEncoder(out)
	enc.SetEscapeHTML(false)
	enc.SetIndent("", "  ")
	return enc.Encode(all)
}

var severities = map[doctor.Result]string{doctor.OK: "ok", doctor.Note: "note", doctor.Failed: "error"}

// printCheck prints a check on one line.
func printCheck(out io.Writer) func(doctor.Check) {
	return func(c doctor.Check) {
		excerpt.Fprintf(out, "%-4s  %s: %s\n", c.Result, c.Place, c.Message)
	}
}

// summarize prints what a configuration does, and its warnings.
func summarize(out io.Writer, path string, cfg *config.Config) error {
	w := bufio.NewWriter(out)
	excerpt.Fprintf(w, "%s is valid.\n\n", path)
	for _, line := range doctor.Summarize(cfg) {
		excerpt.Fprintf(w, "  %-14s%s\n", line.Label, line.Text)
	}
	if len(cfg.Warnings) > 0 {
		excerpt.Fprintf(w, "\n")
	}
	for _, warning := range cfg.Warnings {
		excerpt.Fprintf(w, "warning: %s\n", warning.Error())
	}
	return w.Flush()
}
