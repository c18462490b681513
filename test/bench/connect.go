package main

import (
	"context"
	"errors"
	"fmt"
	"path/filepath"
)

// connect is Redpanda Connect; its module and its configurations are in test/bench/connect.
var connect = &contestant{
	name: "connect", title: "Redpanda Connect: kafka_franz (unordered), aws_sqs with a short back-off, aws_sns; 128 in flight",
	slow:    map[string]int{"sns": 5}, // a request a message
	prepare: prepareConnect,
	command: connectCommand,
}

// prepareConnect builds the module, whose versions go.sum pins.
func prepareConnect(ctx context.Context, b *bench) error {
	source := filepath.Join(b.root, "test", "bench", "connect")
	if err := tool(ctx, source, "go", "build", "-trimpath", "-o", filepath.Join(b.cache, "connect"), "."); err != nil {
		return fmt.Errorf("its Go module could not be fetched and built here: %w", err)
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
