package bridgetest

import (
	"maps"
	"sync"
)

// Health keeps what it was told.
type Health struct {
	mu       sync.Mutex
	problems map[string]string
	began    map[string]int // times that a key went into trouble
	ended    map[string]int // times that it came out
	Latest   string
}

// Report implements telemetry.Health.
func (h *Health) Report(key, text string) {
	h.mu.Lock()
	defer h.mu.Unlock()
	if h.problems == nil {
		h.problems, h.began, h.ended = map[string]string{}, map[string]int{}, map[string]int{}
	}
	if _, ok := h.problems[key]; !ok {
		h.began[key]++
	}
	h.problems[key], h.Latest = text, text
}

// Resolve implements telemetry.Health.
func (h *Health) Resolve(key string) {
	h.mu.Lock()
	defer h.mu.Unlock()
	if _, ok := h.problems[key]; ok {
		h.ended[key]++
		delete(h.problems, key)
	}
}

// Drop implements telemetry.Health.
func (h *Health) Drop(key string) {
	h.mu.Lock()
	defer h.mu.Unlock()
	delete(h.problems, key)
}

// Told returns how often a key went into trouble and came out of it.
func (h *Health) Told(key string) (began, ended int) {
	h.mu.Lock()
	defer h.mu.Unlock()
	return h.began[key], h.ended[key]
}

// Text returns what is wrong with a key, or "".
func (h *Health) Text(key string) string {
	h.mu.Lock()
	defer h.mu.Unlock()
	return h.problems[key]
}

// Problems returns what is wrong now, by key.
func (h *Health) Problems() map[string]string {
	h.mu.Lock()
	defer h.mu.Unlock()
	return maps.Clone(h.problems)
}
