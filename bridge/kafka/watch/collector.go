package watch

import (
	"strconv"

	"github.com/prometheus/client_golang/prometheus"

	"github.com/sluice-bridge/sluice/bridge/offsets"
)

var (
	lagDesc = prometheus.NewDesc("sluice_kafka_lag_records",
		"Records between what is settled and the end of the partition, those of open transactions included.", []string{"group", "topic", "partition"}, nil)
	spanDesc = prometheus.NewDesc("sluice_uncommitted_records",
		"Records read and not yet below the partition's committable offset.", []string{"group", "topic", "partition"}, nil)
	pausedDesc = prometheus.NewDesc("sluice_paused_partitions",
		"Partitions that are not read because they hold their share of the in-flight limit.", []string{"group"}, nil)
	inFlightDesc = prometheus.NewDesc("sluice_in_flight_records",
		"Records in memory, from the committable offset on.", []string{"group"}, nil)
	inFlightBytesDesc = prometheus.NewDesc("sluice_in_flight_bytes",
		"Bytes of the records that are not settled, of their messages, and of what waits for its schema.", []string{"group"}, nil)
)

// Collector is the prometheus.Collector of one consumer group.
type Collector struct {
	Group  string
	Held   func() []Held // of the partitions that are owned
	Window *offsets.Window
}

// Describe is part of prometheus.Collector.
func (c *Collector) Describe(ch chan<- *prometheus.Desc) {
	for _, d := range []*prometheus.Desc{lagDesc, spanDesc, pausedDesc, inFlightDesc, inFlightBytesDesc} {
		ch <- d
	}
}

// Collect is part of prometheus.Collector: the figures are those of the moment, for the partitions
// that are owned.
func (c *Collector) Collect(ch chan<- prometheus.Metric) {
	gauge := func(d *prometheus.Desc, v float64, labels ...string) {
		ch <- prometheus.MustNewConstMetric(d, prometheus.GaugeValue, v, append([]string{c.Group}, labels...)...)
	}
	paused := 0
	for _, p := range c.Held() {
		partition := strconv.Itoa(int(p.At.Partition))
		gauge(spanDesc, float64(p.Records), p.At.Topic, partition)
		if p.Behind >= 0 {
			gauge(lagDesc, float64(p.Behind), p.At.Topic, partition)
		}
		if p.Paused {
			paused++
		}
	}
	records, bytes := c.Window.Held()
	gauge(pausedDesc, float64(paused))
	gauge(inFlightDesc, float64(records))
	gauge(inFlightBytesDesc, float64(bytes))
}
