package consumer

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/twmb/franz-go/pkg/kgo"

	"github.com/sluice-bridge/sluice/bridge/kafka"
)

// throttles are how long brokers hold this client up, by quotas of requests or bytes: the client waits, and says
// nothing.
type throttles struct {
	total prometheus.Counter // seconds; nil: nobody counts

	mu     sync.Mutex
	ahead  map[int32]time.Duration // of which brokers have told, beyond the last look
	last   throttle
	looked time.Time
	since  time.Time // since when it has been most of the time; zero where it is not
}

// throttle is which broker held up the most in some time, and for how long of it.
type throttle struct {
	broker   int32
	held, of time.Duration
}

func (t throttle) String() string {
	return fmt.Sprintf("broker %d throttles this client, by %s within the last %s; raise the quota of its user or client id, or give it one of its own by kafka.client_id",
		t.broker, t.held.Round(time.Millisecond), t.of.Round(time.Second))
}

// most says whether that was most of the time.
func (t throttle) most() bool { return t.held > 0 && 2*t.held >= t.of }

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

// holding returns which broker has held this client up the most of late: before the last look, or by what it has told
// since and is not over.
func (t *throttles) holding(now time.Time) throttle {
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.last.most() {
		return t.last
	}
	worst := throttle{}
	for broker, ahead := range t.ahead {
		if ahead > worst.held {
			worst.broker, worst.held = broker, ahead
		}
	}
	// What is told of a moment alone would seem to be most of it.
	worst.of = max(now.Sub(t.looked), kafka.CommitTimeout, worst.held)
	return worst
}

// cause words why the brokers do not do as they are asked: where time was over, whether that is for a quota.
func (s *Source) cause(err error) string {
	if !errors.Is(err, context.DeadlineExceeded) {
		return err.Error()
	}
	if t := s.throttles.holding(time.Now()); t.most() {
		return t.String()
	}
	return "no answer in time"
}

// look takes stock of the time since the last look, and returns since when a broker has been holding this
// client up for most of it; zero where none does. What brokers have told beyond now counts later.
func (t *throttles) look(now time.Time) (since time.Time) {
	t.mu.Lock()
	defer t.mu.Unlock()
	passed := now.Sub(t.looked)
	before := t.looked
	t.looked, t.last = now, throttle{of: passed}
	for broker, ahead := range t.ahead {
		held := min(ahead, passed)
		if t.ahead[broker] -= held; t.ahead[broker] <= 0 {
			delete(t.ahead, broker)
		}
		if held > t.last.held {
			t.last.broker, t.last.held = broker, held
		}
	}
	switch {
	case !t.last.most():
		t.since = time.Time{}
	case t.since.IsZero():
		t.since = before
	}
	return t.since
}

func (s *Source) throttleKey() string { return "throttling of " + s.opts.Group }

// lookAtThrottles tells of a quota that holds this client up for most of the time while records wait. They may
// where it has no partition, or one of which it does not know yet: joining the group is held up as well.
func (s *Source) lookAtThrottles(now time.Time) {
	since := s.throttles.look(now)
	if since.IsZero() || s.reachedEnd() {
		s.health.Recovered(s.throttleKey())
		return
	}
	if now.Sub(since) >= stuckAfter {
		s.health.Trouble(s.throttleKey(), s.throttles.holding(now).String())
	}
}
