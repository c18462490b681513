package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// What is folded for SNS is shown as what it says.
func TestRouteShowsWhatIsFolded(t *testing.T) {
	path := filepath.Join(t.TempDir(), "bridge.yaml")
	text := `kafka: {brokers: ["localhost:9092"], group: g}
destinations:
  alerts: {sns: "arn:aws:sns:eu-west-1:111122223333:alerts"}
rules:
  - {name: all, topics: [orders], to: [alerts]}
`
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	got := sluice("", "route", "-c", path, `{"topic": "orders", "key": "{\"id\":42}", "value": {}}`)
	const want = `which is {"kafka_key":"{\"id\":42}"}`
	if got.code != 0 || !strings.Contains(got.stdout, want) {
		t.Errorf("exit %d, no %s in\n%s", got.code, want, got.stdout)
	}
}
