package kafkatest

import "sync"

// Board is a telemetry.Health that shows what stands on it.
type Board struct {
	mu   sync.Mutex
	open map[string]string
	ever map[string]string
}

// Trouble implements telemetry.Health.
func (b *Board) Trouble(key, text string) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.open[key], b.ever[key] = text, text
}

// Recovered implements telemetry.Health.
func (b *Board) Recovered(key string) {
	b.mu.Lock()
	defer b.mu.Unlock()
	delete(b.open, key)
}

// Forget implements telemetry.Health.
func (b *Board) Forget(key string) {
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
