package main

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"time"
)

// contestant is a program that takes records from a topic to queues or topics.
type contestant struct {
	name   string
	title  string // what it is
	warmUp int    // per cent of the records that arrive before it is measured
	// slow divides the records that it gets by service, so that its runs do not take minutes.
	slow map[string]int
	// prepare builds the program. An error means that it is left out.
	prepare func(ctx context.Context, b *bench) error
	// command is the command line for a process of a job, and what it adds to the environment.
	command func(b *bench, j job) (argv, env []string, err error)
}

var contestants = []*contestant{
	{
		name: "sluice", title: "Sluice, with rules, tracking and metrics",
		prepare: func(ctx context.Context, b *bench) error { return b.build(ctx, "sluice", "./cmd/sluice") },
		command: sluiceCommand,
	},
	{
		name: "raw", title: "raw floor: franz-go, net/http, bodies built by hand, SigV4; 128 requests in flight",
		prepare: func(ctx context.Context, b *bench) error { return b.build(ctx, "floor", "./test/bench/floor") },
		command: floorCommand("raw"),
	},
	{
		name: "sdk", title: "SDK loop: franz-go and the batch call of the AWS SDK for Go; 128 requests in flight",
		prepare: func(ctx context.Context, b *bench) error { return b.build(ctx, "floor", "./test/bench/floor") },
		command: floorCommand("sdk"),
	},
	connect,
	camel,
}

// peers are those that users would choose instead.
var peers = []string{connect.name, camel.name}

// floorName is the contestant that ratios refer to.
const floorName = "raw"

// build compiles a package of the main module as it is released.
func (b *bench) build(ctx context.Context, name, pkg string) error {
	if err := tool(ctx, b.root, "go", "build", "-trimpath", "-o", filepath.Join(b.cache, name), pkg); err != nil {
		return fmt.Errorf("building %s: %w", pkg, err)
	}
	return nil
}

// tool runs a program that builds. What it prints is part of the error.
func tool(ctx context.Context, dir string, argv ...string) error {
	cmd := exec.CommandContext(ctx, argv[0], argv[1:]...)
	cmd.Dir, cmd.Env = dir, append(os.Environ(), "CGO_ENABLED=0")
	cmd.WaitDelay = time.Second // for what it started and left behind
	if out, err := cmd.CombinedOutput(); err != nil {
		return fmt.Errorf("%w\n%s", cmp.Or(ctx.Err(), err), out)
	}
	return nil
}

func floorCommand(how string) func(*bench, job) ([]string, []string, error) {
	return func(b *bench, j job) ([]string, []string, error) {
		if j.destinations > 1 || j.ordering != "" {
			return nil, nil, errors.New("the floors send to one standard queue or topic")
		}
		argv := []string{filepath.Join(b.cache, "floor"), "-how", how, "-service", j.service, "-broker", j.broker, "-topic", j.topic,
			"-group", j.group, "-endpoint", j.endpoint, "-target", j.targets[0], "-region", region}
		return argv, caBundle(j), nil
	}
}

// caBundle has the AWS SDK, and those who do as it does, trust the endpoint.
func caBundle(j job) []string {
	if j.ca == "" {
		return nil
	}
	return []string{"AWS_CA_BUNDLE=" + j.ca}
}
