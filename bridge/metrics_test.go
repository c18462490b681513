package bridge

import (
	"testing"
	"time"

	"github.com/prometheus/client_golang/prometheus"
)

// A producer whose clock is ahead must not make the sum of latencies fall.
func TestLatencyOfTheFuture(t *testing.T) {
	registry := prometheus.NewRegistry()
	now := time.Now()
	NewMetrics(registry).lane("d").acknowledged(now.Add(time.Hour), now)
	families, err := registry.Gather()
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range families {
		if f.GetName() != "sluice_record_to_acknowledgement_seconds" {
			continue
		}
		if h := f.GetMetric()[0].GetHistogram(); h.GetSampleCount() != 1 || h.GetSampleSum() < 0 {
			t.Errorf("%d observations, sum %v", h.GetSampleCount(), h.GetSampleSum())
		}
		return
	}
	t.Error("not counted")
}
