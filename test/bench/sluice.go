package main

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"strings"
)

// sluiceCommand writes the configuration: defaults, but for where things are.
func sluiceCommand(b *bench, j job) ([]string, []string, error) {
	file := filepath.Join(j.dir, "bridge.yaml")
	if err := os.WriteFile(file, []byte(bridgeYAML(j)), 0o600); err != nil {
		return nil, nil, err
	}
	return []string{filepath.Join(b.cache, "sluice"), "run", "-c", file}, caBundle(j), nil
}

// beforeName is the contestant that is another binary of the bridge.
const beforeName = "before"

// earlierBinary is another binary of the bridge, with the same configuration.
func earlierBinary(path string) (*contestant, error) {
	binary, err := filepath.Abs(path)
	if err == nil {
		_, err = os.Stat(binary)
	}
	if err != nil {
		return nil, fmt.Errorf("-before names no binary of the bridge: %w", err)
	}
	return &contestant{
		name: beforeName, title: "Sluice as another binary, given by BEFORE",
		prepare: func(context.Context, *bench) error { return nil },
		command: func(b *bench, j job) ([]string, []string, error) {
			argv, env, err := sluiceCommand(b, j)
			if err == nil {
				argv[0] = binary
			}
			return argv, env, err
		},
	}, nil
}

func bridgeYAML(j job) string {
	var y strings.Builder
	fmt.Fprintf(&y, "kafka: {brokers: [%q], group: %s, start: earliest%s}\naws: {region: %s, endpoint: %q}\nadmin: {listen: %q, pprof: true}\n",
		j.broker, j.group, session(j), region, j.endpoint, j.admin)
	y.WriteString("destinations:\n")
	for i, target := range j.targets {
		fmt.Fprintf(&y, "  d%d: {%s: %q", i, j.service, target)
		if j.ordering != "" {
			fmt.Fprintf(&y, ", ordering: %s", j.ordering)
		}
		if j.linger != "" {
			fmt.Fprintf(&y, ", batch: {linger: %s}", j.linger)
		}
		y.WriteString("}\n")
	}
	y.WriteString("rules:\n")
	for i := range j.rules {
		fmt.Fprintf(&y, "  - {name: rule %d, topics: [%s], match: {%s, amount: [{numeric: [\">=\", 0]}]}, to: [d%d]}\n",
			i, j.topic, share(i, j.rules), i%len(j.targets))
	}
	return y.String()
}

// session keeps a group short of its dead member for no longer than a run has time for.
func session(j job) string {
	if j.crash {
		return ", session_timeout: 6s"
	}
	return ""
}

// share is the pattern of the i-th of n rules, each of which takes its share of the records.
func share(i, n int) string {
	switch {
	case n <= types:
		return fmt.Sprintf("type: [order.%d]", i)
	case n <= shops:
		return fmt.Sprintf("shop: [s-%03d]", i)
	}
	return fmt.Sprintf("sku: [k-%04d]", i)
}
