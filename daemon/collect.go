package daemon

import (
	"github.com/prometheus/client_golang/prometheus"

	"github.com/sluice-bridge/sluice/bridge/kafka/consumer"
)

// collector collects from the current sources. They describe the same metrics, with another group in
// the labels, so a registry would take one of them only.
type collector struct{ d *Daemon }

// Describe is part of prometheus.Collector.
func (c collector) Describe(ch chan<- *prometheus.Desc) { new(consumer.Source).Metrics().Describe(ch) }

// Collect is part of prometheus.Collector.
func (c collector) Collect(ch chan<- prometheus.Metric) {
	for _, s := range c.d.sources() {
		s.Metrics().Collect(ch)
	}
}
