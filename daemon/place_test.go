package daemon

import (
	"fmt"
	"math"
	"strings"
	"testing"

	"github.com/sluice-bridge/sluice/bridge/offsets"
	"github.com/sluice-bridge/sluice/bridge/offsets/progress"
	"github.com/sluice-bridge/sluice/config"
	"github.com/sluice-bridge/sluice/wiring"
)

// What the configuration allows, fits beside an offset.
func TestNoteOfIsolatedDestinationsFitsBesideAnOffset(t *testing.T) {
	names := []string{}
	configured := func() string {
		var b strings.Builder
		for _, name := range names {
			fmt.Fprintf(&b, "  %s: {sqs: \"arn:aws:sqs:eu-west-1:111122223333:%s\", isolated: true}\n", name, name)
		}
		return fmt.Sprintf(`
kafka: {brokers: ["localhost:9092"], group: g}
destinations:
%srules: [{topics: [t], to: [%s]}]
`, b.String(), strings.Join(names, ", "))
	}
	for i := 0; ; i++ {
		names = append(names, fmt.Sprintf("d%d-%s", i, strings.Repeat("x", i%50)))
		cfg, err := config.Parse([]byte(configured()), "bridge.yaml", nil)
		if err != nil {
			break
		}
		reach := progress.Progress{Isolated: map[string]int64{}, Resources: map[string]progress.ResourceID{}}
		for name, d := range cfg.Destinations {
			reach.Isolated[name], reach.Resources[name] = math.MaxInt64, wiring.Place(d)
		}
		topic := offsets.NewTopicIdentity(strings.Repeat("c", 64), "t", [16]byte{1})
		if note := reach.Metadata(topic.Fingerprint(), 0); len(note) > 4096 {
			t.Fatalf("the note of %d destinations has %d bytes", len(names), len(note))
		}
	}
	if len(names) < 30 {
		t.Errorf("only %d are allowed", len(names)-1)
	}
}

// An isolated destination that leads elsewhere has the shared group note that.
func TestIsolatedDestinationMovesWhereItLeadsElsewhere(t *testing.T) {
	configured := func(destinations string) *plan {
		return &plan{config: loaded(t, fmt.Sprintf(`
kafka: {brokers: ["localhost:9092"], group: g}
aws: {region: eu-west-1}
destinations: {a: {sqs: orders}, %s}
rules: [{topics: [t], to: [a, b]}]
`, destinations))}
	}
	before := configured("b: {sqs: ledger, isolated: true}")
	for destinations, want := range map[string]bool{
		"b: {sqs: ledger, isolated: true, concurrency: 3}":                        false,
		"b: {sqs: ledger, isolated: true, endpoint: \"http://localhost:4566\"}":   false,
		"b: {sqs: books, isolated: true}":                                         true,
		"b: {sqs: \"arn:aws:sqs:eu-west-1:111122223333:ledger\", isolated: true}": true,
		"b: {sqs: ledger, isolated: true, region: eu-west-2}":                     true,
		"b: {sqs: books}": false, // it is isolated no more, which is a hand-over
	} {
		if got := before.moves(configured(destinations)); got != want {
			t.Errorf("%s: %v", destinations, got)
		}
	}
}
