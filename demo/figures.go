package demo

import (
	"time"

	"github.com/prometheus/client_golang/prometheus"
)

// Figures are the bridge's own metrics at one moment, and what the producer and the check count.
type Figures struct {
	At                          time.Duration // since the start
	Produced, Consumed, Dropped float64
	RuleErrors, DeadLetters     float64
	Lag                         float64
	// Waiting is how many messages are still to come, by what the producer knows.
	Waiting  float64
	Draining bool      // nothing more is produced
	Rules    []float64 // matched, by rule

	Destinations []DestinationFigures
}

// DestinationFigures are those of one destination.
type DestinationFigures struct {
	Acknowledged, Requests, Entries, Retries float64
	// Checked is how many messages were seen at the far end.
	Checked int64
}

// drained says how far the end has come.
func (f *Figures) drained() string {
	if f.Waiting == 0 {
		return ", all has arrived"
	}
	return ", draining: " + thousands(f.Waiting) + " to come"
}

// sample is one value of a metric with its labels.
type sample struct {
	labels       map[string]string
	value, count float64
}

// gather reads metrics by their names. Of a histogram the value is the sum.
func gather(g prometheus.Gatherer) (map[string][]sample, error) {
	families, err := g.Gather()
	all := map[string][]sample{}
	for _, f := range families {
		for _, m := range f.GetMetric() {
			s := sample{labels: map[string]string{}, value: m.GetCounter().GetValue() + m.GetGauge().GetValue()}
			for _, l := range m.GetLabel() {
				s.labels[l.GetName()] = l.GetValue()
			}
			if h := m.GetHistogram(); h != nil {
				s.value, s.count = h.GetSampleSum(), float64(h.GetSampleCount())
			}
			all[f.GetName()] = append(all[f.GetName()], s)
		}
	}
	return all, err
}

// total adds up the values whose label has a value; all of them where the label is empty.
func total(samples []sample, label, value string) float64 {
	sum := 0.0
	for _, s := range samples {
		if label == "" || s.labels[label] == value {
			sum += s.value
		}
	}
	return sum
}

// figures takes the current figures.
func (r *runner) figures() Figures {
	m, err := gather(r.bridge.Registry)
	if err != nil {
		r.log.Sugar().Warnf("reading the metrics: %v", err)
	}
	f := Figures{
		At:          time.Since(r.started),
		Produced:    float64(r.producer.produced.Load()),
		Consumed:    total(m["sluice_records_consumed_total"], "group", r.bridge.Groups[0]),
		Dropped:     total(m["sluice_records_dropped_total"], "", "") + total(m["sluice_records_unmatched_total"], "", ""),
		RuleErrors:  total(m["sluice_rule_errors_total"], "", ""),
		DeadLetters: total(m["sluice_dead_letters_total"], "", ""),
		Lag:         float64(r.bridge.Lag()),
		Waiting:     float64(r.check.Waiting()),
		Draining:    r.draining.Load(),
	}
	for _, name := range r.bridge.Rules {
		f.Rules = append(f.Rules, total(m["sluice_rule_matched_total"], "rule", name))
	}
	for i, dest := range r.bridge.Destinations {
		d := DestinationFigures{
			Retries: total(m["sluice_retries_total"], "destination", dest.Name),
			Checked: r.check.Tally(i).Received,
		}
		for _, s := range m["sluice_deliveries_total"] {
			if s.labels["destination"] == dest.Name && s.labels["outcome"] == "acknowledged" {
				d.Acknowledged += s.value
			}
		}
		for _, s := range m["sluice_request_entries"] {
			if s.labels["destination"] == dest.Name {
				d.Entries, d.Requests = d.Entries+s.value, d.Requests+s.count
			}
		}
		f.Destinations = append(f.Destinations, d)
	}
	return f
}
