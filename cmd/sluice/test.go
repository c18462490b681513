package main

import (
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"slices"

	"github.com/spf13/cobra"

	"github.com/sluice-bridge/sluice/forecast/routetest"
	"github.com/sluice-bridge/sluice/internal/excerpt"
)

const testLong = `Run routing tests: cases that say what the rules should do with an event. They are in files beside the
configuration, and need no Kafka, no AWS and no schema registry.

  config: bridge.yaml               # relative to this file; bridge.yaml if left out
  cases:
    - name: a big paid order goes to the ledger
      event: {topic: orders, key: c-1, headers: {tenant: acme}, value: {type: order.paid, total: 120}}
      expect:
        outcome: routed
        destinations: [ledger, alerts]
        attributes: {alerts: {tier: gold}}

An event has the keys that sluice route takes, and value_text for a value that is not JSON. A value in
YAML becomes JSON without spaces; numbers are written as in JSON. For a topic with schemas, value is the
decoded value, and schema names the schema: {name: shop.OrderPaid, id: 7, subject: orders-value,
version: 3}, or a part of it.

expect holds at least one of:

  outcome         routed, unmatched, dropped, dead_letter, or not_read for a topic that neither a
                  rule nor topics names
  reason          why the event becomes a dead letter before there is a message: undecodable,
                  rule_error or unmatched; or a mapping of it to a part of the error
  rule            a rule that matched
  rules           all rules that matched, in order
  destinations    those that get a message, all of them, in any order
  attributes      by destination: some of the message's attributes; null for one that is not there
  group_id, subject   by destination: a text; null for none
  body            by destination: a text, byte for byte; or anything else, which is compared as JSON
  correlation_id  a text
  errors          the rules that failed; or a mapping of them to a part of the error
  problems        the destinations whose message cannot be sent; or a mapping to a part of the reason

A message that cannot be sent becomes a dead letter: its destination is not among destinations.

For each case that fails, the expected result, the actual one, and the explanation of sluice route are
printed. The exit code is 0 if all pass, 1 if one fails, 2 if a test file or a configuration is wrong.`

type testOptions struct {
	config, junit, run string
}

func newTest() *cobra.Command {
	var o testOptions
	c := &cobra.Command{
		Use:   "test [FILE...]",
		Short: "Run routing tests",
		Long:  testLong,
		Example: `  sluice test                      # all *.test.yaml of this directory
  sluice test bridge.test.yaml --run 'paid' --junit report.xml`,
		ValidArgsFunction: func(*cobra.Command, []string, string) ([]string, cobra.ShellCompDirective) {
			return []string{"yaml", "yml"}, cobra.ShellCompDirectiveFilterFileExt
		},
		RunE: func(c *cobra.Command, args []string) error { return test(c, o, args) },
	}
	c.Flags().StringVarP(&o.config, "config", "c", "", "configuration to test instead of the one that the files name")
	c.Flags().StringVar(&o.junit, "junit", "", "write the results to this file as JUnit XML")
	c.Flags().StringVar(&o.run, "run", "", "run only cases whose name matches this regular expression")
	_ = c.MarkFlagFilename("config", "yaml", "yml") // for completion only
	_ = c.MarkFlagFilename("junit", "xml")          // for completion only
	_ = c.RegisterFlagCompletionFunc("run", noFiles)
	return c
}

func test(c *cobra.Command, o testOptions, paths []string) error {
	selected, err := regexp.Compile(o.run)
	if err != nil {
		return usagef("--run %q is not a regular expression (%w); write one like paid, or ^a big", o.run, err)
	}
	if len(paths) == 0 {
		if paths = testFiles(); len(paths) == 0 {
			return usagef("there is no *.test.yaml in this directory; name a file, see %s --help", c.CommandPath())
		}
	}
	suites, err := routetest.Load(paths, o.config, os.Environ())
	if err != nil {
		return err
	}
	defer func() {
		for _, s := range suites {
			s.Close()
		}
	}()
	cases, failed := 0, 0
	for _, s := range suites {
		s.Run(selected)
		cases += len(s.Results)
		failed += s.Failed()
	}
	if cases == 0 {
		return usagef("no case matches --run %q; correct it, or leave it out", o.run)
	}
	if o.junit != "" {
		if err := writeJUnit(o.junit, suites); err != nil {
			return err
		}
	}
	if err := routetest.Text(c.OutOrStdout(), suites); err != nil {
		return fmt.Errorf("writing: %w", err)
	}
	if failed > 0 {
		return silent{fmt.Errorf("%d of %d cases failed", failed, cases)}
	}
	return nil
}

// writeJUnit writes the results to a file.
func writeJUnit(path string, suites []*routetest.Suite) error {
	text, err := routetest.JUnit(suites)
	if err != nil {
		return err
	}
	if err := os.WriteFile(path, text, 0o644); err != nil { //nolint:gosec // a report that others read
		return fmt.Errorf("%s cannot be written (%s); name another file after --junit", path, excerpt.Cause(err))
	}
	return nil
}

func testFiles() []string {
	var all []string
	for _, pattern := range []string{"*.test.yaml", "*.test.yml"} {
		found, _ := filepath.Glob(pattern) // the pattern is right
		all = append(all, found...)
	}
	slices.Sort(all)
	return all
}
