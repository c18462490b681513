package telemetry

import (
	"sync/atomic"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/twmb/franz-go/pkg/kgo"

	"github.com/sluice-bridge/sluice/bridge/sink"
)

// Lane is told what is sent to one destination.
type Lane struct {
	acked, lettered     prometheus.Counter
	answered, throttled prometheus.Counter
	entries             prometheus.Observer
	sendTime, endToEnd  prometheus.Observer
	concurrency         prometheus.Gauge
	taken, dead         atomic.Int64                        // as acked and lettered
	failed, again       [sink.Poison + 1]prometheus.Counter // by Class
}

const (
	outcomeAcknowledged = "acknowledged"
	outcomeDeadLettered = "dead_lettered"
)

func newLane(m *metrics, destination string) *Lane {
	l := &Lane{
		acked:       m.deliveries.WithLabelValues(destination, outcomeAcknowledged),
		lettered:    m.deliveries.WithLabelValues(destination, outcomeDeadLettered),
		answered:    m.requests.WithLabelValues(destination, "answered"),
		throttled:   m.throttles.WithLabelValues(destination),
		entries:     m.entries.WithLabelValues(destination),
		sendTime:    m.sendTime.WithLabelValues(destination),
		endToEnd:    m.endToEnd.WithLabelValues(destination),
		concurrency: m.concurrency.WithLabelValues(destination),
	}
	for c := sink.Throttled; c <= sink.Poison; c++ {
		l.failed[c] = m.requests.WithLabelValues(destination, c.String())
		l.again[c] = m.retries.WithLabelValues(destination, c.String())
	}
	return l
}

// Requested says that a request was made, how many entries it had, how long it took, and how it failed as a
// whole; nil where it did not.
func (l *Lane) Requested(entries int, took time.Duration, f *sink.Failure) {
	l.entries.Observe(float64(entries))
	l.sendTime.Observe(took.Seconds())
	if f == nil {
		l.answered.Inc()
		return
	}
	l.failed[f.Class].Inc()
}

// Retries counts messages that have to be sent again, by the class of their failures.
type Retries [sink.Poison + 1]int

// Retried says which messages of a request have to be sent again.
func (l *Lane) Retried(again *Retries) {
	for c, n := range again {
		if n == 0 {
			continue
		}
		l.again[c].Add(float64(n))
		if sink.Class(c) == sink.Throttled {
			l.throttled.Add(float64(n))
		}
	}
}

// kafkaBegan is before the first release of Kafka: what says that it was produced earlier counts in other units, or
// from another time than 1970, or has a date of its event for its timestamp.
var kafkaBegan = time.Date(2011, 1, 1, 0, 0, 0, 0, time.UTC)

// mostAhead is how far a producer's clock is believed to be ahead.
const mostAhead = 24 * time.Hour

// Acknowledged says of which records a message was taken.
func (l *Lane) Acknowledged(of []*kgo.Record, now time.Time) {
	l.acked.Add(float64(len(of)))
	l.taken.Add(int64(len(of)))
	for _, r := range of {
		if r.Timestamp.Before(kafkaBegan) || r.Timestamp.After(now.Add(mostAhead)) {
			continue // not known, or no time: a sum would never recover from one such record
		}
		// Clocks differ, and a sum that falls is read as a restart.
		l.endToEnd.Observe(max(now.Sub(r.Timestamp), 0).Seconds())
	}
}

// DeadLettered says that a message became a dead letter.
func (l *Lane) DeadLettered() {
	l.lettered.Inc()
	l.dead.Add(1)
}

// Allowed says how many requests may be out at once now; below 1, one and a pause.
func (l *Lane) Allowed(requests float64) { l.concurrency.Set(requests) }
