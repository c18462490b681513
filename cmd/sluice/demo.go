package main

import (
	"errors"
	"fmt"
	"io/fs"
	"math/rand/v2"
	"os"

	"github.com/spf13/cobra"
	"go.uber.org/zap"

	"github.com/sluice-bridge/sluice/demo"
	"github.com/sluice-bridge/sluice/demo/embedded"
	"github.com/sluice-bridge/sluice/internal/excerpt"
)

func newDemo() *cobra.Command {
	var o demo.Options
	var write string
	c := &cobra.Command{
		Use:   "demo",
		Short: "Show the bridge at work, with everything it needs embedded",
		Long: "Run the bridge between an embedded Kafka and an embedded endpoint for SQS and SNS, with a stream of\n" +
			"orders, payments and telemetry, and show what it does. At the end it checks that every event arrived\n" +
			"where it should: once, unaltered, in order. Nothing leaves this machine, and no AWS credentials are\n" +
			"used. Ctrl-C ends it in order, a second one at once.",
		Args: noArgs,
		RunE: func(c *cobra.Command, _ []string) error {
			if write != "" {
				return writeDemoFile(c, write)
			}
			if o.Rate < 0 || o.For < 0 {
				return usageError{fmt.Errorf("--rate and --for are never negative; see %s --help", c.CommandPath())}
			}
			if !c.Flags().Changed("seed") {
				o.Seed = rand.Uint64N(1_000_000) //nolint:gosec // nothing is kept secret by it
			}
			o.Out = c.OutOrStdout()
			return runDemo(c, o)
		},
	}
	f := c.Flags()
	f.DurationVar(&o.For, "for", 0, "end after this time, like 20s; 0 runs until Ctrl-C")
	f.Float64Var(&o.Rate, "rate", 2000, "events a second; 0 is as fast as the bridge takes them")
	f.Uint64Var(&o.Seed, "seed", 0, "number that decides what the events are (default random)")
	f.StringVarP(&o.File, "config", "c", "", "run with this configuration instead of the demo's own")
	f.StringVar(&write, "write", "", "write the demo's bridge.yaml to this file, or to - for standard output, and end")
	_ = c.MarkFlagFilename("config", "yaml", "yml") // for completion only
	return c
}

func runDemo(c *cobra.Command, o demo.Options) error {
	defer demo.Isolate()()
	from := embedded.Options{Data: demo.File(), Name: "demo.yaml", Own: o.File == "", Version: version()}
	if !from.Own {
		var err error
		if from.Data, err = os.ReadFile(o.File); err != nil {
			return usageError{fmt.Errorf("reading the configuration: %w; sluice demo --write %s writes one", err, o.File)}
		}
		from.Name = o.File
	}
	o.Load = embedded.Loader(from)
	stop, abort, release := signals(c.Context(), zap.NewNop())
	defer release()
	err := demo.Run(stop, abort, o)
	if errors.Is(err, demo.ErrCheck) {
		return silent{err} // the summary has told
	}
	return err
}

// writeDemoFile writes the demo's configuration out, over no file that is there.
func writeDemoFile(c *cobra.Command, path string) error {
	if path == "-" {
		_, err := c.OutOrStdout().Write(demo.File())
		return err
	}
	f, err := os.OpenFile(path, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o644) //nolint:gosec // a secret that is written into it is warned of
	if errors.Is(err, fs.ErrExist) {
		return usageError{fmt.Errorf("%s exists already; name another file, or remove it", path)}
	}
	if err != nil {
		return fmt.Errorf("writing the configuration: %w", err)
	}
	_, err = f.Write(demo.File())
	if err = errors.Join(err, f.Close()); err != nil {
		return fmt.Errorf("writing the configuration: %w", err)
	}
	excerpt.Fprintf(c.OutOrStdout(), "wrote %s; change it, and run: sluice demo -c %s\n", path, path)
	return nil
}
