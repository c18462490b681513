package bridge

import (
	"testing"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	dto "github.com/prometheus/client_model/go"
)

// A producer whose clock is ahead must not make the sum of latencies fall.
func TestLatencyOfTheFuture(t *testing.T) {
	m := NewMetrics(prometheus.NewRegistry())
	now := time.Now()
	m.lane("d").acknowledged(now.Add(time.Hour), now)
	var out dto.Metric
	if err := m.endToEnd.WithLabelValues("d").(prometheus.Metric).Write(&out); err != nil {
		t.Fatal(err)
	}
	if h := out.GetHistogram(); h.GetSampleCount() != 1 || h.GetSampleSum() < 0 {
		t.Errorf("%d observations, sum %v", h.GetSampleCount(), h.GetSampleSum())
	}
}
