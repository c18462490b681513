package telemetry

import (
	"testing"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/twmb/franz-go/pkg/kgo"
)

// A producer whose clock is ahead must not make the sum of latencies fall.
func TestTimestampAheadDoesNotLowerTheSumOfLatencies(t *testing.T) {
	registry := prometheus.NewRegistry()
	now := time.Now()
	New(nil, registry, nil).Lane("d").Acknowledged([]*kgo.Record{{Timestamp: now.Add(time.Hour)}}, now)
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

// What is no time of a record does not spoil a sum that only grows.
func TestTimestampsThatAreNoTimeGiveNoLatency(t *testing.T) {
	registry := prometheus.NewRegistry()
	l, now := New(nil, registry, nil).Lane("d"), time.Now()
	for _, produced := range []time.Time{{}, time.UnixMilli(-1), time.UnixMilli(0), time.Date(1955, 1, 1, 0, 0, 0, 0, time.UTC), time.UnixMilli(now.Unix()), time.UnixMilli(now.UnixMicro())} {
		l.Acknowledged([]*kgo.Record{{Timestamp: produced}}, now)
	}
	l.Acknowledged([]*kgo.Record{{Timestamp: now.Add(-time.Second)}}, now)
	families, err := registry.Gather()
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range families {
		if h := f.GetMetric()[0].GetHistogram(); f.GetName() == "sluice_record_to_acknowledgement_seconds" && (h.GetSampleCount() != 1 || h.GetSampleSum() != 1) {
			t.Errorf("%d times, in all %v s", h.GetSampleCount(), h.GetSampleSum())
		}
	}
}
