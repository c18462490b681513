package telemetry

import (
	"github.com/prometheus/client_golang/prometheus"

	"github.com/sluice-bridge/sluice/bridge/message"
)

// metrics are what the bridge counts. Labels are bounded by configuration and by the code: never a
// key, an id or the text of an error.
type metrics struct {
	consumed    *prometheus.CounterVec
	matched     *prometheus.CounterVec
	unmatched   prometheus.Counter
	undecodable *prometheus.CounterVec
	dropped     *prometheus.CounterVec
	ruleErrors  *prometheus.CounterVec
	deliveries  *prometheus.CounterVec
	requests    *prometheus.CounterVec
	entries     *prometheus.HistogramVec
	retries     *prometheus.CounterVec
	throttles   *prometheus.CounterVec
	held        *prometheus.CounterVec
	letters     *prometheus.CounterVec
	sendTime    *prometheus.HistogramVec
	endToEnd    *prometheus.HistogramVec
	concurrency *prometheus.GaugeVec
	commits     *prometheus.HistogramVec
}

// latencies in seconds, from a request on loopback to a destination that was down for long.
var latencies = []float64{.001, .0025, .005, .01, .025, .05, .1, .25, .5, 1, 2.5, 5, 10, 30, 60, 300}

// newMetrics registers the metrics with reg.
func newMetrics(reg prometheus.Registerer) *metrics {
	counter := func(name, help string, labels ...string) *prometheus.CounterVec {
		c := prometheus.NewCounterVec(prometheus.CounterOpts{Namespace: "sluice", Name: name, Help: help}, labels)
		reg.MustRegister(c)
		return c
	}
	histogram := func(name, help string, buckets []float64, labels ...string) *prometheus.HistogramVec {
		h := prometheus.NewHistogramVec(prometheus.HistogramOpts{Namespace: "sluice", Name: name, Help: help, Buckets: buckets}, labels)
		reg.MustRegister(h)
		return h
	}
	m := &metrics{
		consumed: counter("records_consumed_total", "Records read from Kafka.", "group", "topic"),
		matched:  counter("rule_matched_total", "Records that a rule matched.", "rule"),
		dropped:  counter("records_dropped_total", "Records dropped by a rule, or by the tombstone policy (rule empty).", "rule"),
		undecodable: counter("records_undecodable_total",
			"Records whose value is not what the format of their topic says, and which no rule took without looking into it.", "topic"),
		ruleErrors: counter("rule_errors_total", "Records on which a rule failed to evaluate.", "rule"),
		deliveries: counter("deliveries_total", "Deliveries by what became of them: acknowledged or dead_lettered.", "destination", "outcome"),
		requests:   counter("requests_total", "Requests to AWS by result: answered, or the class of the failure.", "destination", "result"),
		entries: histogram("request_entries", "Messages in a request.",
			[]float64{1, 2, 3, 4, 5, 6, 7, 8, 9, 10}, "destination"),
		retries:   counter("retries_total", "Messages that have to be sent again, by class of the failure.", "destination", "reason"),
		throttles: counter("throttles_total", "Messages that AWS throttled.", "destination"),
		held:      counter("kafka_throttled_seconds_total", "How long brokers held up the consumer group, by their quotas.", "group"),
		letters:   counter("dead_letters_total", "Records acknowledged by the dead-letter destination.", "reason"),
		sendTime:  histogram("send_seconds", "Duration of a request to AWS.", latencies, "destination"),
		endToEnd: histogram("record_to_acknowledgement_seconds",
			"Time from a record's timestamp in Kafka to its acknowledgement by AWS.", latencies, "destination"),
		commits: histogram("commit_seconds", "Duration of a commit of offsets.", latencies, "group"),
		concurrency: prometheus.NewGaugeVec(prometheus.GaugeOpts{Namespace: "sluice", Name: "destination_concurrency",
			Help: "Requests that may be out at once, as adapted to the destination; below 1, one request and a pause."}, []string{"destination"}),
		unmatched: prometheus.NewCounter(prometheus.CounterOpts{Namespace: "sluice", Name: "records_unmatched_total",
			Help: "Records that no rule matched."}),
	}
	for _, r := range message.Reasons {
		m.letters.WithLabelValues(string(r))
	}
	reg.MustRegister(m.concurrency, m.unmatched)
	return m
}
