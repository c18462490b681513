// Command parts starts and stops the servers that the tests talk to.
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"os"
	"os/exec"
	"os/signal"
	"path/filepath"
	"syscall"
	"time"

	"github.com/sluice-bridge/sluice/test/parts"
)

const usage = `usage:
  parts setup                 download the servers into the cache, once
  parts run [-only LIST] [-timeout D] CMD
                              start them, run CMD with their addresses, stop them
  parts up [-only LIST]       start them and leave them running
  parts down                  stop what "up" started

-only names some of kafka,elasticmq,moto. CMD and the file that "up" writes get
SLUICE_TEST_KAFKA, SLUICE_TEST_ELASTICMQ, SLUICE_TEST_MOTO, SLUICE_TEST_REQUIRE_PARTS.
`

func main() {
	code, err := dispatch(os.Args[1:])
	if err != nil {
		fmt.Fprintln(os.Stderr, "parts:", err)
	}
	os.Exit(code)
}

func dispatch(args []string) (int, error) {
	if len(args) == 0 {
		fmt.Fprint(os.Stderr, usage)
		return 2, nil
	}
	flags := flag.NewFlagSet("parts "+args[0], flag.ContinueOnError)
	flags.Usage = func() { fmt.Fprint(os.Stderr, usage) }
	only := flags.String("only", "kafka,elasticmq,moto", "")
	limit := flags.Duration("timeout", 0, "")
	if err := flags.Parse(args[1:]); err != nil {
		return 2, nil //nolint:nilerr // flag has printed it
	}
	switch args[0] {
	case "setup":
		return done(setup())
	case "run":
		if flags.NArg() == 0 {
			return 2, errors.New("run: name the command to run")
		}
		return run(*only, *limit, flags.Args())
	case "up":
		return done(up(*only))
	case "down":
		return done(down())
	default:
		fmt.Fprint(os.Stderr, usage)
		return 2, nil
	}
}

func done(err error) (int, error) {
	if err != nil {
		return 1, err
	}
	return 0, nil
}

func setup() error {
	root, err := parts.Root()
	if err != nil {
		return err
	}
	cmd := exec.Command(filepath.Join(root, "test", "parts", "setup"))
	cmd.Stdout, cmd.Stderr = os.Stdout, os.Stderr
	return cmd.Run()
}

// run has the command's exit code as its own.
func run(only string, limit time.Duration, argv []string) (code int, err error) {
	// Signals end the command and not this program, which has servers to stop.
	signals := make(chan os.Signal, 4)
	signal.Notify(signals, os.Interrupt, syscall.SIGTERM, syscall.SIGHUP)
	defer signal.Stop(signals)

	dir, err := runDir()
	if err != nil {
		return 1, err
	}
	ctx, cancel := context.WithCancel(context.Background())
	defer cancel()
	var started *set
	up := make(chan error, 1)
	go func() { // ends when the servers are up, or with ctx
		var err error
		started, err = startSet(ctx, only, dir)
		up <- err
	}()
	select {
	case err = <-up:
	case sig := <-signals:
		cancel()
		err = errors.Join(fmt.Errorf("interrupted by %v", sig), <-up)
	}
	defer func() {
		err = errors.Join(err, started.stop(), clean(dir, code == 0))
		if err != nil && code == 0 {
			code = 1
		}
	}()
	if err != nil {
		return 1, err
	}
	return execute(argv, started.env(), limit, signals)
}

func runDir() (string, error) {
	cache, err := parts.Cache()
	if err != nil {
		return "", err
	}
	base := filepath.Join(cache, "run")
	if err := os.MkdirAll(base, 0o755); err != nil {
		return "", err
	}
	return os.MkdirTemp(base, "run-")
}

// clean removes a run's folder; after a failure the servers' logs stay.
func clean(dir string, ok bool) error {
	if ok {
		return os.RemoveAll(dir)
	}
	data, err := filepath.Glob(filepath.Join(dir, "*", "data"))
	if err != nil {
		return err
	}
	for _, d := range data {
		err = errors.Join(err, os.RemoveAll(d))
	}
	fmt.Fprintln(os.Stderr, "parts: the servers' logs are kept in", dir)
	return err
}
