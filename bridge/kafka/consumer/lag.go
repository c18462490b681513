package consumer

import (
	"strconv"

	"github.com/prometheus/client_golang/prometheus"
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

// Describe is part of prometheus.Collector.
func (s *Source) Describe(ch chan<- *prometheus.Desc) {
	for _, d := range []*prometheus.Desc{lagDesc, spanDesc, pausedDesc, inFlightDesc, inFlightBytesDesc} {
		ch <- d
	}
}

// Collect is part of prometheus.Collector: the figures are those of the moment, for the partitions
// that are owned.
func (s *Source) Collect(ch chan<- prometheus.Metric) {
	gauge := func(d *prometheus.Desc, v float64, labels ...string) {
		ch <- prometheus.MustNewConstMetric(d, prometheus.GaugeValue, v, append([]string{s.opts.Group}, labels...)...)
	}
	paused := 0
	for _, a := range s.held() {
		partition := strconv.Itoa(int(a.Partition))
		records, _ := a.part.Held()
		gauge(spanDesc, float64(records), a.Topic, partition)
		if lag, known := a.lag(); known {
			gauge(lagDesc, float64(lag), a.Topic, partition)
		}
		if a.paused.Load() {
			paused++
		}
	}
	records, bytes := s.window.Held()
	gauge(pausedDesc, float64(paused))
	gauge(inFlightDesc, float64(records))
	gauge(inFlightBytesDesc, float64(bytes))
}

// Lag returns the records between what is settled and the end of the partitions that are owned.
func (s *Source) Lag() int64 {
	var lag int64
	for _, a := range s.held() {
		behind, _ := a.lag()
		lag += behind
	}
	return lag
}

// reachedEnd says whether nothing waits in partitions that are owned, of which there are some.
func (s *Source) reachedEnd() bool {
	held := s.held()
	for _, a := range held {
		if behind, _ := a.lag(); behind > 0 || !a.begun() {
			return false
		}
	}
	return len(held) > 0
}

// lag returns the records between what is settled and the end of the partition, which is known from
// when it is known where reading begins. What was found to hold no record for anybody counts as settled.
func (a *assignment) lag() (records int64, known bool) {
	mark := a.part.Mark().Offset
	return max(a.highWatermark.Load()-max(mark, a.bare.Load()), 0), mark >= 0
}
