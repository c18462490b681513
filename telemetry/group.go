package telemetry

import (
	"sync"
	"time"

	"github.com/prometheus/client_golang/prometheus"

	"github.com/sluice-bridge/sluice/topic"
)

// Group is told what a consumer group reads and commits.
type Group struct {
	name    string
	metrics *metrics
	commits prometheus.Observer
	held    prometheus.Counter

	mu       sync.Mutex
	consumed map[string]prometheus.Counter // by topic
}

func newGroup(m *metrics, name string) *Group {
	return &Group{name: name, metrics: m, commits: m.commits.WithLabelValues(name), held: m.held.WithLabelValues(name),
		consumed: map[string]prometheus.Counter{}}
}

// Subscribed says what is read: topics by name, or as /expressions/.
func (g *Group) Subscribed(topics []string) {
	for _, name := range topics {
		if _, ok := topic.Expression(name); !ok {
			g.metrics.undecodable.WithLabelValues(name)
		}
	}
}

// Read says that so many records of a topic were taken.
func (g *Group) Read(topic string, records int) {
	g.mu.Lock()
	c := g.consumed[topic]
	if c == nil {
		c = g.metrics.consumed.WithLabelValues(g.name, topic)
		g.consumed[topic] = c
		g.metrics.undecodable.WithLabelValues(topic) // from zero: the first increase of a new series is not seen
	}
	g.mu.Unlock()
	c.Add(float64(records))
}

// Undecodable says that the value of a record is not what the format of its topic says.
func (g *Group) Undecodable(topic string) { g.metrics.undecodable.WithLabelValues(topic).Inc() }

// Committed says how long a commit took.
func (g *Group) Committed(took time.Duration) { g.commits.Observe(took.Seconds()) }

// Throttled says for how long a broker holds the group up, by its quotas.
func (g *Group) Throttled(by time.Duration) { g.held.Add(by.Seconds()) }
