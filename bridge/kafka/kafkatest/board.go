package kafkatest

import "sync"

// Board is a telemetry.Health that shows what stands on it.
type Board struct {
	mu   sync.Mutex
	open map[string]string
	ever map[string]string
}

// Report implements telemetry.Health.
func (b *Board) Report(key, text string) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.open[key], b.ever[key] = text, text
}

// Resolve implements telemetry.Health.
func (b *Board) Resolve(key string) {
	b.mu.Lock()
	defer b.mu.Unlock()
	delete(b.open, key)
}

// Drop implements telemetry.Health.
func (b *Board) Drop(key string) {
	b.mu.Lock()
	defer b.mu.Unlock()
	delete(b.open, key)
}

// Is returns what is told of a key now; empty for nothing.
func (b *Board) Is(key string) string {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.open[key]
}

// Was returns what was last told of a key.
func (b *Board) Was(key string) string {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.ever[key]
}

// NewBoard returns a board on which nothing stands.
func NewBoard() *Board { return &Board{open: map[string]string{}, ever: map[string]string{}} }
