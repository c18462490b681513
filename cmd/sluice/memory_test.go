package main

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/sluice-bridge/sluice/config"
)

func TestMemoryBoundIsASumOfTheGroups(t *testing.T) {
	path := filepath.Join(t.TempDir(), "bridge.yaml")
	text := `
kafka: {brokers: [localhost:9092], group: g, read_ahead: 2MiB}
aws: {region: eu-west-1}
destinations:
  a: {sqs: a, isolated: true}
  b: {sqs: b}
rules: [{name: r, topics: [t], to: [a, b]}]
limits: {in_flight_bytes: 64MiB}
`
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	cfg, err := config.Load(path, nil)
	if err != nil {
		t.Fatal(err)
	}
	if got, want := memoryBound(cfg), int64(100+2*(64+4))<<20; got != want {
		t.Errorf("%d MiB, want %d MiB: two groups", got>>20, want>>20)
	}
}
