package watch

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"time"

	"github.com/twmb/franz-go/pkg/kgo"

	"github.com/sluice-bridge/sluice/bridge/kafka"
	"github.com/sluice-bridge/sluice/telemetry"
)

// Throttles are how long brokers hold this client up, by quotas of requests or bytes: the client waits, and says
// nothing.
type Throttles struct {
	group *telemetry.Group

	mu     sync.Mutex
	ahead  map[int32]time.Duration // of which brokers have told, beyond the last look
	last   Throttle
	looked time.Time
	since  time.Time // since when it has been most of the time; zero where it is not
}

// Throttle is which broker held up the most in some time, and for how long of it.
type Throttle struct {
	broker   int32
	held, of time.Duration
}

func (t Throttle) String() string {
	return fmt.Sprintf("broker %d throttles this client, by %s within the last %s; raise the quota of its user or client id, or give it one of its own by kafka.client_id",
		t.broker, t.held.Round(time.Millisecond), t.of.Round(time.Second))
}

// Most says whether that was most of the time.
func (t Throttle) Most() bool { return t.held > 0 && 2*t.held >= t.of }

// NewThrottles tells of those of a consumer group.
func NewThrottles(group *telemetry.Group) *Throttles {
	return &Throttles{group: group, ahead: map[int32]time.Duration{}, looked: time.Now()}
}

// OnBrokerThrottle is called by the client.
func (t *Throttles) OnBrokerThrottle(broker kgo.BrokerMetadata, interval time.Duration, _ bool) {
	t.group.Throttled(interval)
	t.mu.Lock()
	defer t.mu.Unlock()
	t.ahead[broker.NodeID] += interval
}

// Holding returns which broker has held this client up the most of late: before the last look, or by what it has told
// since and is not over.
func (t *Throttles) Holding(now time.Time) Throttle {
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.last.Most() {
		return t.last
	}
	worst := Throttle{}
	for broker, ahead := range t.ahead {
		if ahead > worst.held {
			worst.broker, worst.held = broker, ahead
		}
	}
	// What is told of a moment alone would seem to be most of it.
	worst.of = max(now.Sub(t.looked), kafka.CommitTimeout, worst.held)
	return worst
}

// Look takes stock of the time since the last look, and returns since when a broker has been holding this
// client up for most of it; zero where none does. What brokers have told beyond now counts later.
func (t *Throttles) Look(now time.Time) (since time.Time) {
	t.mu.Lock()
	defer t.mu.Unlock()
	passed := now.Sub(t.looked)
	before := t.looked
	t.looked, t.last = now, Throttle{of: passed}
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
	case !t.last.Most():
		t.since = time.Time{}
	case t.since.IsZero():
		t.since = before
	}
	return t.since
}

// Cause words why the brokers do not do as they are asked: where time was over, whether that is for a quota.
func (t *Throttles) Cause(err error) string {
	if !errors.Is(err, context.DeadlineExceeded) {
		return err.Error()
	}
	if latest := t.Holding(time.Now()); latest.Most() {
		return latest.String()
	}
	return "no answer in time"
}
