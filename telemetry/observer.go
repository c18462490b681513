package telemetry

import (
	"sync"
	"sync/atomic"

	"github.com/prometheus/client_golang/prometheus"
	"go.uber.org/zap"

	"github.com/sluice-bridge/sluice/bridge/message"
)

// Observer is told each step of the way of records: what was read ([Group]), decided ([Rules]), sent and
// acknowledged ([Lane]), and what stands still ([Health]); once for a batch, but for decisions, which are of one
// record each. Whatever looks at the bridge hangs here. Its
// methods return at once, and may be called with locks held.
type Observer struct {
	Health
	Log *zap.Logger

	metrics *metrics
	dropped atomic.Int64 // records

	mu      sync.Mutex
	lanes   map[string]*Lane
	groups  map[string]*Group
	letters map[message.Reason]int64 // that are written
}

// New returns an observer that has its metrics registered with reg.
func New(health Health, reg prometheus.Registerer, log *zap.Logger) *Observer {
	return &Observer{Health: health, Log: log, metrics: newMetrics(reg), lanes: map[string]*Lane{}, groups: map[string]*Group{},
		letters: map[message.Reason]int64{}}
}

// Lane returns what is told of a destination.
func (o *Observer) Lane(destination string) *Lane { return once(o, o.lanes, destination, newLane) }

// Group returns what is told of a consumer group.
func (o *Observer) Group(name string) *Group { return once(o, o.groups, name, newGroup) }

// once makes what is told of a name when that is first asked for.
func once[T any](o *Observer, made map[string]*T, name string, build func(*metrics, string) *T) *T {
	o.mu.Lock()
	defer o.mu.Unlock()
	if made[name] == nil {
		made[name] = build(o.metrics, name)
	}
	return made[name]
}

// DeadLetterWritten says that a dead letter is acknowledged.
func (o *Observer) DeadLetterWritten(reason message.Reason) {
	o.mu.Lock()
	o.letters[reason]++
	o.mu.Unlock()
	o.metrics.letters.WithLabelValues(string(reason)).Inc()
}
