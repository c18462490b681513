package daemon

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/sluice-bridge/sluice/config"
)

// loaded is a configuration, checked.
func loaded(t *testing.T, text string) *config.Config {
	t.Helper()
	path := filepath.Join(t.TempDir(), "bridge.yaml")
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	cfg, err := config.Load(path, nil)
	if err != nil {
		t.Fatal(err)
	}
	return cfg
}

// Destinations that may lead to one FIFO queue have ids of their own, however the queue is written.
func TestNamedIDs(t *testing.T) {
	cfg := loaded(t, `
kafka: {brokers: [localhost:9092], group: g}
aws: {region: eu-west-1}
destinations:
  a: {sqs: "https://sqs.eu-west-1.amazonaws.com/111122223333/q.fifo"}
  b: {sqs: "arn:aws:sqs:eu-west-1:111122223333:q.fifo"}
  c: {sqs: q.fifo}
  d: {sqs: q.fifo, region: eu-west-2}
  e: {sqs: "arn:aws:sqs:eu-west-1:444455556666:other.fifo"}
  f: {sqs: "arn:aws:sqs:eu-west-1:111122223333:other.fifo"}
  g: {sns: "arn:aws:sns:eu-west-1:111122223333:q.fifo"}
  h: {sns: "arn:aws:sns:eu-west-1:111122223333:q.fifo"}
rules: [{topics: [t], to: [a, b, c, d, e, f, g, h]}]
`)
	named := ""
	for _, d := range Destinations(cfg) {
		if d.NamedID {
			named += d.Name
		}
	}
	if named != "abcgh" {
		t.Errorf("named: %q", named)
	}
}
