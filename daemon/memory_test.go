package daemon

import (
	"runtime/debug"
	"strings"
	"testing"

	"go.uber.org/zap"
	"go.uber.org/zap/zaptest/observer"

	"github.com/sluice-bridge/sluice/config"
)

// twoGroups is a configuration that may take 236 MiB.
func twoGroups(t *testing.T) *config.Config {
	t.Helper()
	return loaded(t, `
kafka: {brokers: [localhost:9092], group: g, read_ahead: 2MiB}
aws: {region: eu-west-1}
destinations:
  a: {sqs: a, isolated: true}
  b: {sqs: b}
rules: [{name: r, topics: [t], to: [a, b]}]
limits: {in_flight_bytes: 64MiB}
`)
}

func TestMemoryBoundIsASumOfTheGroups(t *testing.T) {
	if got, want := memoryBound(twoGroups(t)), int64(100+2*(64+2*2))<<20; got != want {
		t.Errorf("%d MiB, want %d MiB: two groups", got>>20, want>>20)
	}
}

// The schemas of a registry take memory of their own.
func TestMemoryBoundHasRoomForSchemas(t *testing.T) {
	cfg := twoGroups(t)
	without := memoryBound(cfg)
	cfg.SchemaRegistry.URLs = []string{"https://registry.example"}
	if got := memoryBound(cfg); got != without+256<<20 {
		t.Errorf("%d MiB, want 256 more than %d", got>>20, without>>20)
	}
}

// A container that has less than the configuration may take sets the limit, and is told of.
func TestMemoryOfAContainerSetsTheLimit(t *testing.T) {
	before := debug.SetMemoryLimit(-1)
	defer debug.SetMemoryLimit(before)
	cfg := twoGroups(t)
	for _, c := range []struct {
		container, limit int64 // in MiB
		warnings         int
		user             string
	}{
		{container: 0, limit: 236 - 36},
		{container: 1000, limit: 236 - 36},
		{container: 200, limit: 180, warnings: 1},
		{container: 200, limit: 77, user: "77MiB"},
	} {
		t.Setenv("GOMEMLIMIT", c.user)
		debug.SetMemoryLimit(77 << 20)
		core, logged := observer.New(zap.WarnLevel)
		LimitMemory(cfg, c.container<<20, zap.New(core))
		if got := debug.SetMemoryLimit(-1); got != c.limit<<20 || logged.Len() != c.warnings {
			t.Errorf("a container of %d MiB gives a limit of %d bytes and %d warnings, want %d MiB and %d", c.container, got, logged.Len(), c.limit, c.warnings)
		}
		for _, e := range logged.All() {
			if fields := e.ContextMap(); fields["container_bytes"] != c.container<<20 || fields["configuration_bytes"] != int64(236<<20) ||
				!strings.Contains(e.Message, "limits.in_flight_bytes") || !strings.Contains(e.Message, "kafka.read_ahead") {
				t.Errorf("%s %v", e.Message, fields)
			}
		}
	}
}
