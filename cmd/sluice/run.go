package main

import (
	"context"
	"os"
	"os/signal"
	"sync"
	"syscall"

	"github.com/spf13/cobra"
	"go.uber.org/zap"

	"github.com/sluice-bridge/sluice/config"
	"github.com/sluice-bridge/sluice/daemon"
	"github.com/sluice-bridge/sluice/wiring"
)

func newRun() *cobra.Command {
	var path string
	c := &cobra.Command{
		Use:   "run",
		Short: "Run the bridge",
		Long:  "Run the bridge until SIGTERM or SIGINT. Then it sends what is in flight, within drain_timeout, commits\nand leaves the consumer group; a second one stops at once. SIGHUP, or a change of the\nfile, reloads the configuration.",
		Args:  noArgs,
		RunE:  func(c *cobra.Command, _ []string) error { return run(c.Context(), path) },
	}
	configFlag(c, &path)
	return c
}

func run(ctx context.Context, path string) error {
	cfg, err := config.Load(path, os.Environ())
	if err != nil {
		return err
	}
	log, level, err := wiring.Logger(cfg.Log)
	if err != nil {
		return err
	}
	defer log.Sync()
	daemon.LogWarnings(log, cfg)
	container := daemon.ContainerMemory()
	daemon.LimitMemory(cfg, container, log)
	d := daemon.New(daemon.Options{Log: log, Level: &level, Version: version()})

	stop, abort, release := signals(ctx, log)
	defer release()
	reload := oneByOne(func() {
		if stop.Err() != nil {
			return
		}
		next, err := config.Load(path, os.Environ())
		if err != nil {
			d.Refused(err)
			return
		}
		daemon.LogWarnings(log, next)
		if d.Reload(stop, next) == nil { // else the daemon has told
			daemon.LimitMemory(next, container, log)
		}
	})
	if err := daemon.Watch(stop, path, reload); err != nil {
		log.Warn("the configuration file cannot be watched; send SIGHUP after a change", zap.Error(err))
	}
	hangup := make(chan os.Signal, 1)
	signal.Notify(hangup, syscall.SIGHUP)
	defer signal.Stop(hangup)
	go func() {
		for {
			select {
			case <-stop.Done():
				return
			case <-hangup:
				reload()
			}
		}
	}()
	return d.Run(stop, abort, cfg)
}

// oneByOne has calls of f wait for each other. A reload reads the file when it is its turn, so that the
// last one, by a signal or by a change of the file, takes what is in it last.
func oneByOne(f func()) func() {
	var turn sync.Mutex
	return func() {
		turn.Lock()
		defer turn.Unlock()
		f()
	}
}

// signals returns a context that ends with the first SIGTERM or SIGINT, and one that ends with the
// second.
func signals(parent context.Context, log *zap.Logger) (stop, abort context.Context, release func()) {
	stop, cancelStop := context.WithCancel(parent)
	abort, cancelAbort := context.WithCancel(parent)
	ch := make(chan os.Signal, 2)
	signal.Notify(ch, syscall.SIGTERM, syscall.SIGINT)
	go func() {
		for _, cancel := range []func(){cancelStop, cancelAbort} {
			select {
			case s := <-ch:
				log.Info("signal", zap.Stringer("signal", s))
				cancel()
			case <-abort.Done():
				return
			}
		}
	}()
	return stop, abort, func() {
		signal.Stop(ch)
		cancelStop()
		cancelAbort()
	}
}
