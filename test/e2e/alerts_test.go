package e2e

import (
	"os"
	"regexp"
	"strings"
	"testing"

	"github.com/sluice-bridge/sluice/fake"
)

var (
	alertRow = regexp.MustCompile("(?m)^\\| [a-z ]+ \\| `([^`]*sluice_[^`]*)`")
	selector = regexp.MustCompile(`(sluice_[a-z_]+)(?:\{([^}]*)\})?`)
)

// TestAlertsFindTheirSeriesFromTheStart holds the recommended alerts to what a bridge shows to which
// nothing has happened since its start: a series that appears only with its first event hides that
// event from increase(), and one that is absent though all is well fires absent().
func TestAlertsFindTheirSeriesFromTheStart(t *testing.T) {
	b := embedded(t)
	a := cloud(t, fake.Options{})
	w := toQueue(t, b, a, "orders", 1)
	group := "alerts-" + unique()
	config := waysConfig(b, a, group, []*way{w}, "", "  - {name: noise, match: {type: [noise]}, drop: true}\ntombstones: drop\n")
	b.produce(t, events(w.topic, 10, 1, 0))
	p := start(t, config)
	b.committed(t, group, w.topic)
	p.stop()
	p = start(t, config).ready()
	metrics := ""
	p.await("the lag of an idle partition", func() bool {
		_, metrics = p.get("/metrics")
		return shows(metrics, "sluice_kafka_lag_records", `partition="0"`)
	})
	doc, err := os.ReadFile("../../docs/operations.md")
	if err != nil {
		t.Fatal(err)
	}
	alerts := selector.FindAllStringSubmatch(strings.Join(alertRow.FindAllString(string(doc), -1), "\n"), -1)
	if len(alerts) < 7 {
		t.Fatalf("only %d series in the alerts: %v", len(alerts), alerts)
	}
	for _, s := range append(alerts, selector.FindAllStringSubmatch(
		`sluice_records_dropped_total{rule="noise"} sluice_records_dropped_total{rule=""} sluice_dead_letters_total{reason="gave_up"}`, -1)...) {
		if !shows(metrics, s[1], s[2]) {
			t.Errorf("no series of %s", s[0])
		}
	}
	p.stop()
}

// shows says whether a series of the name, with the label if there is one, is among metrics.
func shows(metrics, name, label string) bool {
	for line := range strings.Lines(metrics) {
		series, _, _ := strings.Cut(strings.TrimSpace(line), " ")
		bare, labels, _ := strings.Cut(series, "{")
		if bare == name && strings.Contains(labels, label) {
			return true
		}
	}
	return false
}
