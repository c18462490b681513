package kafka

import (
	"fmt"
	"sync"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/twmb/franz-go/pkg/kgo"
)

// throttles are how long brokers hold this client up, by quotas of requests or bytes: the client waits, and says
// nothing.
type throttles struct {
	total prometheus.Counter // seconds; nil: nobody counts

	mu     sync.Mutex
	ahead  map[int32]time.Duration // of which brokers have told, beyond the last look
	broker int32                   // that held up the most by the last look, and for how long of the time before it
	held   time.Duration
	looked time.Time
	since  time.Time // since when it has been most of the time; zero where it is not
}

func newThrottles(total prometheus.Counter) *throttles {
	return &throttles{total: total, ahead: map[int32]time.Duration{}, looked: time.Now()}
}

// OnBrokerThrottle is called by the client.
func (t *throttles) OnBrokerThrottle(broker kgo.BrokerMetadata, interval time.Duration, _ bool) {
	if t.total != nil {
		t.total.Add(interval.Seconds())
	}
	t.mu.Lock()
	defer t.mu.Unlock()
	t.ahead[broker.NodeID] += interval
}

// latest returns which broker held up the most before the last look, and for how long.
func (t *throttles) latest() (broker int32, held time.Duration) {
	t.mu.Lock()
	defer t.mu.Unlock()
	return t.broker, t.held
}

// look takes stock of the time since the last look, and returns since when a broker has been holding this
// client up for most of it; zero where none does. What brokers have told beyond now counts later.
func (t *throttles) look(now time.Time) (since time.Time) {
	t.mu.Lock()
	defer t.mu.Unlock()
	passed := now.Sub(t.looked)
	before := t.looked
	t.looked, t.held = now, 0
	for broker, ahead := range t.ahead {
		held := min(ahead, passed)
		if t.ahead[broker] -= held; t.ahead[broker] <= 0 {
			delete(t.ahead, broker)
		}
		if held > t.held {
			t.broker, t.held = broker, held
		}
	}
	switch {
	case 2*t.held < passed || passed <= 0:
		t.since = time.Time{}
	case t.since.IsZero():
		t.since = before
	}
	return t.since
}

func throttledText(broker int32, held time.Duration) string {
	return fmt.Sprintf("broker %d throttles this client, by %s within %s of late; raise the quota of its user or client id, or give it one of its own by kafka.client_id",
		broker, held.Round(time.Millisecond), logsEvery)
}

func (s *Source) throttleKey() string { return "throttling of " + s.opts.Group }

// lookAtThrottles tells of a quota that holds this client up for most of the time while it lags behind.
func (s *Source) lookAtThrottles(now time.Time) {
	since := s.throttles.look(now)
	if since.IsZero() || s.Lag() == 0 {
		s.health.Recovered(s.throttleKey())
		return
	}
	if now.Sub(since) >= stuckAfter {
		s.health.Trouble(s.throttleKey(), throttledText(s.throttles.latest()))
	}
}
