package consumer

import (
	"strings"
	"sync"
	"sync/atomic"

	"github.com/sluice-bridge/sluice/telemetry"
)

// scope is a Health that remembers what it said is wrong, so that all of it ends with the source.
type scope struct {
	health telemetry.Health
	group  string // of an isolated destination, which reads what the shared group reads; else empty

	open atomic.Int32 // how many keys are in trouble, to be quick where none is
	mu   sync.Mutex
	keys map[string]bool
}

func newScope(h telemetry.Health, group string) *scope {
	return &scope{health: h, group: group, keys: map[string]bool{}}
}

// name tells a key from that of the shared group.
func (s *scope) name(key string) string {
	if s.group == "" || strings.HasSuffix(key, " "+s.group) {
		return key
	}
	return key + " of group " + s.group
}

// Trouble implements bridge.Health.
func (s *scope) Trouble(key, text string) {
	key = s.name(key)
	s.mu.Lock()
	defer s.mu.Unlock()
	if !s.keys[key] {
		s.keys[key] = true
		s.open.Add(1)
	}
	s.health.Trouble(key, text)
}

// Recovered implements bridge.Health.
func (s *scope) Recovered(key string) { s.end(key, s.health.Recovered) }

// Forget implements bridge.Health.
func (s *scope) Forget(key string) { s.end(key, s.health.Forget) }

func (s *scope) end(key string, tell func(key string)) {
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

// close forgets all that is still in trouble.
func (s *scope) close() {
	s.mu.Lock()
	defer s.mu.Unlock()
	for key := range s.keys {
		s.health.Forget(key)
	}
	clear(s.keys)
	s.open.Store(0)
}
