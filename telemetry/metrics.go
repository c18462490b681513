package telemetry

import (
	"time"

	"github.com/prometheus/client_golang/prometheus"

	"github.com/sluice-bridge/sluice/bridge/message"
	"github.com/sluice-bridge/sluice/bridge/sink"
)

// Metrics are what the bridge counts. Labels are bounded by configuration and by the code: never a
// key, an id or the text of an error.
type Metrics struct {
	Consumed    *prometheus.CounterVec
	Matched     *prometheus.CounterVec
	Unmatched   prometheus.Counter
	Undecodable *prometheus.CounterVec
	Dropped     *prometheus.CounterVec
	RuleErrors  *prometheus.CounterVec
	Deliveries  *prometheus.CounterVec
	requests    *prometheus.CounterVec
	entries     *prometheus.HistogramVec
	Retries     *prometheus.CounterVec
	throttles   *prometheus.CounterVec
	held        *prometheus.CounterVec
	Letters     *prometheus.CounterVec
	sendTime    *prometheus.HistogramVec
	endToEnd    *prometheus.HistogramVec
	concurrency *prometheus.GaugeVec
	commits     *prometheus.HistogramVec
}

// latencies in seconds, from a request on loopback to a destination that was down for long.
var latencies = []float64{.001, .0025, .005, .01, .025, .05, .1, .25, .5, 1, 2.5, 5, 10, 30, 60, 300}

// NewMetrics registers the metrics with reg.
func NewMetrics(reg prometheus.Registerer) *Metrics {
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
	m := &Metrics{
		Consumed: counter("records_consumed_total", "Records read from Kafka.", "group", "topic"),
		Matched:  counter("rule_matched_total", "Records that a rule matched.", "rule"),
		Dropped:  counter("records_dropped_total", "Records dropped by a rule, or by the tombstone policy (rule empty).", "rule"),
		Undecodable: counter("records_undecodable_total",
			"Records whose value is not what the format of their topic says, and which no rule took without looking into it.", "topic"),
		RuleErrors: counter("rule_errors_total", "Records on which a rule failed to evaluate.", "rule"),
		Deliveries: counter("deliveries_total", "Deliveries by what became of them: acknowledged or dead_lettered.", "destination", "outcome"),
		requests:   counter("requests_total", "Requests to AWS by result: answered, or the class of the failure.", "destination", "result"),
		entries: histogram("request_entries", "Messages in a request.",
			[]float64{1, 2, 3, 4, 5, 6, 7, 8, 9, 10}, "destination"),
		Retries:   counter("retries_total", "Messages that have to be sent again, by class of the failure.", "destination", "reason"),
		throttles: counter("throttles_total", "Messages that AWS throttled.", "destination"),
		held:      counter("kafka_throttled_seconds_total", "How long brokers held up the consumer group, by their quotas.", "group"),
		Letters:   counter("dead_letters_total", "Records acknowledged by the dead-letter destination.", "reason"),
		sendTime:  histogram("send_seconds", "Duration of a request to AWS.", latencies, "destination"),
		endToEnd: histogram("record_to_acknowledgement_seconds",
			"Time from a record's timestamp in Kafka to its acknowledgement by AWS.", latencies, "destination"),
		commits: histogram("commit_seconds", "Duration of a commit of offsets.", latencies, "group"),
		concurrency: prometheus.NewGaugeVec(prometheus.GaugeOpts{Namespace: "sluice", Name: "destination_concurrency",
			Help: "Requests that may be out at once, as adapted to the destination; below 1, one request and a pause."}, []string{"destination"}),
		Unmatched: prometheus.NewCounter(prometheus.CounterOpts{Namespace: "sluice", Name: "records_unmatched_total",
			Help: "Records that no rule matched."}),
	}
	for _, r := range message.Reasons {
		m.Letters.WithLabelValues(string(r))
	}
	reg.MustRegister(m.concurrency, m.Unmatched)
	return m
}

// Throttled counts how long brokers hold up a consumer group, in seconds.
func (m *Metrics) Throttled(group string) prometheus.Counter { return m.held.WithLabelValues(group) }

// Commits observes how long the commits of a consumer group take, in seconds.
func (m *Metrics) Commits(group string) prometheus.Observer { return m.commits.WithLabelValues(group) }

const OutcomeDeadLettered = "dead_lettered"

// LaneMetrics are the metrics of one destination, looked up once.
type LaneMetrics struct {
	acked, lettered     prometheus.Counter
	answered, throttled prometheus.Counter
	entries             prometheus.Observer
	sendTime, endToEnd  prometheus.Observer
	Concurrency         prometheus.Gauge
	failed, again       [sink.Poison + 1]prometheus.Counter // by Class
}

// Lane returns the metrics of a destination.
func (m *Metrics) Lane(destination string) *LaneMetrics {
	l := &LaneMetrics{
		acked:       m.Deliveries.WithLabelValues(destination, "acknowledged"),
		lettered:    m.Deliveries.WithLabelValues(destination, OutcomeDeadLettered),
		answered:    m.requests.WithLabelValues(destination, "answered"),
		throttled:   m.throttles.WithLabelValues(destination),
		entries:     m.entries.WithLabelValues(destination),
		sendTime:    m.sendTime.WithLabelValues(destination),
		endToEnd:    m.endToEnd.WithLabelValues(destination),
		Concurrency: m.concurrency.WithLabelValues(destination),
	}
	for c := sink.Throttled; c <= sink.Poison; c++ {
		l.failed[c] = m.requests.WithLabelValues(destination, c.String())
		l.again[c] = m.Retries.WithLabelValues(destination, c.String())
	}
	return l
}

// Request counts a request, how many entries it had, how long it took, and how it failed as a whole; nil where it did not.
func (l *LaneMetrics) Request(entries int, took time.Duration, f *sink.Failure) {
	l.entries.Observe(float64(entries))
	l.sendTime.Observe(took.Seconds())
	if f == nil {
		l.answered.Inc()
		return
	}
	l.failed[f.Class].Inc()
}

// Retried counts a message that is sent again.
func (l *LaneMetrics) Retried(c sink.Class) {
	l.again[c].Inc()
	if c == sink.Throttled {
		l.throttled.Inc()
	}
}

// kafkaBegan is before the first release of Kafka: what says that it was produced earlier counts in other units, or
// from another time than 1970, or has a date of its event for its timestamp.
var kafkaBegan = time.Date(2011, 1, 1, 0, 0, 0, 0, time.UTC)

// mostAhead is how far a producer's clock is believed to be ahead.
const mostAhead = 24 * time.Hour

// Acknowledged counts a message that was taken, and how long that took since its record was produced.
func (l *LaneMetrics) Acknowledged(produced, now time.Time) {
	l.acked.Inc()
	if produced.Before(kafkaBegan) || produced.After(now.Add(mostAhead)) {
		return // not known, or no time: a sum would never recover from one such record
	}
	// Clocks differ, and a sum that falls is read as a restart.
	l.endToEnd.Observe(max(now.Sub(produced), 0).Seconds())
}

// DeadLettered counts a message that became a dead letter.
func (l *LaneMetrics) DeadLettered() { l.lettered.Inc() }
