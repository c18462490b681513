package problem

import (
	"strings"
	"sync"
	"sync/atomic"

	"github.com/sluice-bridge/sluice/telemetry"
)

// HealthScope is a Health that remembers what it said is wrong, so that all of it ends with the source.
type HealthScope struct {
	health telemetry.Health
	group  string // of an isolated destination, which reads what the shared group reads; else empty

	open atomic.Int32 // how many keys are in trouble, to be quick where none is
	mu   sync.Mutex
	keys map[string]bool
}

// NewHealthScope returns one for a group that reads what others read in this process; else for none.
func NewHealthScope(h telemetry.Health, group string) *HealthScope {
	return &HealthScope{health: h, group: group, keys: map[string]bool{}}
}

// name tells a key from that of the shared group.
func (s *HealthScope) name(key string) string {
	if s.group == "" || strings.HasSuffix(key, " "+s.group) {
		return key
	}
	return key + " of group " + s.group
}

// Report implements telemetry.Health.
func (s *HealthScope) Report(key, text string) {
	key = s.name(key)
	s.mu.Lock()
	defer s.mu.Unlock()
	if !s.keys[key] {
		s.keys[key] = true
		s.open.Add(1)
	}
	s.health.Report(key, text)
}

// Resolve implements telemetry.Health.
func (s *HealthScope) Resolve(key string) { s.end(key, s.health.Resolve) }

// Drop implements telemetry.Health.
func (s *HealthScope) Drop(key string) { s.end(key, s.health.Drop) }

func (s *HealthScope) end(key string, tell func(key string)) {
	if s.open.Load() == 0 {
		return
	}
	key = s.name(key)
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.keys[key] {
		delete(s.keys, key)
		s.open.Add(-1)
		tell(key)
	}
}

// Close forgets all that is still in trouble.
func (s *HealthScope) Close() {
	s.mu.Lock()
	defer s.mu.Unlock()
	for key := range s.keys {
		s.health.Drop(key)
	}
	clear(s.keys)
	s.open.Store(0)
}
