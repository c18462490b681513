package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
)

// connect is Redpanda Connect; its module and its configurations are in test/bench/connect.
var connect = &contestant{
	name: "connect", title: "Redpanda Connect: kafka_franz, then aws_sqs or aws_sns; 128 requests in flight",
	prepare: prepareConnect,
	command: connectCommand,
}

// prepareConnect builds the module in a copy: it has hundreds of dependencies, whose checksums are
// left to the checksum database instead of being kept here.
func prepareConnect(ctx context.Context, b *bench) error {
	source, into := filepath.Join(b.root, "test", "bench", "connect"), filepath.Join(b.cache, "connect-module")
	if err := os.MkdirAll(into, 0o755); err != nil {
		return err
	}
	for _, name := range []string{"go.mod", "main.go"} {
		text, err := os.ReadFile(filepath.Join(source, name))
		if err != nil {
			return err
		}
		if err := os.WriteFile(filepath.Join(into, name), text, 0o644); err != nil {
			return err
		}
	}
	for _, args := range [][]string{{"mod", "tidy"}, {"build", "-trimpath", "-o", filepath.Join(b.cache, "connect"), "."}} {
		cmd := exec.CommandContext(ctx, "go", args...)
		cmd.Dir = into
		cmd.Env = append(os.Environ(), "CGO_ENABLED=0")
		if out, err := cmd.CombinedOutput(); err != nil {
			return fmt.Errorf("its Go module could not be fetched and built here (go %s: %w)\n%s", args[0], err, out)
		}
	}
	return nil
}

func connectCommand(b *bench, j job) (argv, env []string, err error) {
	if j.destinations > 1 || j.ordering != "" {
		return nil, nil, errors.New("the pipeline of Redpanda Connect is set up for one standard queue or topic")
	}
	env = append(caBundle(j), "BENCH_BROKER="+j.broker, "BENCH_TOPIC="+j.topic, "BENCH_GROUP="+j.group,
		"BENCH_ENDPOINT="+j.endpoint, "BENCH_TARGET="+j.targets[0], "BENCH_ADMIN="+j.admin)
	return []string{filepath.Join(b.cache, "connect"), "run", filepath.Join(b.root, "test", "bench", "connect", j.service+".yaml")}, env, nil
}
