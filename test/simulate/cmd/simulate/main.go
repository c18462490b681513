// Command simulate runs scenarios of the whole bridge in virtual time.
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"os"
	"os/signal"
	"syscall"
	"time"

	"github.com/sluice-bridge/sluice/test/simulate/drive"
)

func main() { os.Exit(run()) }

// options are what the flags say.
type options struct {
	child, scenario, bites, only, keep, record string
	runs                                       int
	seed                                       uint64
	limit                                      time.Duration
}

func run() int {
	var o options
	flag.StringVar(&o.child, "child", "", "the test binary of test/simulate; built where nothing is said")
	flag.IntVar(&o.runs, "runs", 1000, "how many scenarios")
	flag.Uint64Var(&o.seed, "seed", uint64(time.Now().Unix()), "the first seed; the others follow it")
	flag.DurationVar(&o.limit, "limit", time.Minute, "how long one may take, of real time")
	flag.StringVar(&o.keep, "keep", "", "the folder for scenarios that failed, after they are shrunk")
	flag.StringVar(&o.record, "record", "", "the page to write the counts to")
	flag.StringVar(&o.scenario, "scenario", "", "instead of seeds: the file of a scenario to run, with all that is logged")
	flag.StringVar(&o.bites, "bites", "", "instead of seeds: the folder of patches that take fixes back, to see what is found of each")
	flag.StringVar(&o.only, "only", "", "the one patch to look at")
	flag.Parse()
	// The first signal ends what is running; the second one ends what is made of it.
	stop := make(chan os.Signal, 2)
	signal.Notify(stop, os.Interrupt, syscall.SIGTERM)
	ctx, cancel := context.WithCancel(context.Background())
	running, enough := context.WithCancel(ctx)
	defer cancel()
	defer enough()
	go func() { // until the process ends
		<-stop
		enough()
		<-stop
		cancel()
	}()
	if err := o.perform(ctx, running); err != nil {
		fmt.Fprintln(os.Stderr, "simulate:", err)
		return 1
	}
	return 0
}

func (o *options) perform(ctx, running context.Context) error {
	c := &drive.Child{Binary: o.child, Limit: o.limit}
	if o.child == "" {
		dir, err := os.MkdirTemp("", "simulate")
		if err != nil {
			return err
		}
		defer func() { _ = os.RemoveAll(dir) }()
		if c.Binary, err = drive.Build(ctx, ".", dir); err != nil {
			return err
		}
	}
	if o.scenario != "" {
		return again(ctx, c, o.scenario)
	}
	if o.bites != "" {
		return o.bite(running, c)
	}
	failures, err := o.many(running, c)
	if err != nil {
		return err
	}
	if len(failures) == 0 {
		return nil
	}
	if err := o.explain(ctx, c, failures); err != nil {
		return err
	}
	return errors.New("some scenarios failed")
}
