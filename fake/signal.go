package fake

import (
	"context"
	"sync"
)

// signal wakes everyone who waits for a change of something that a lock guards.
// It costs nothing while nobody waits. All methods want that lock held.
type signal struct{ ch chan struct{} }

func (s *signal) wait() <-chan struct{} {
	if s.ch == nil {
		s.ch = make(chan struct{})
	}
	return s.ch
}

func (s *signal) fire() {
	if s.ch != nil {
		close(s.ch)
		s.ch = nil
	}
}

// await blocks until done, evaluated under mu, is true or ctx ends.
func (s *signal) await(ctx context.Context, mu *sync.Mutex, done func() bool) error {
	for {
		mu.Lock()
		if done() {
			mu.Unlock()
			return nil
		}
		changed := s.wait()
		mu.Unlock()
		select {
		case <-changed:
		case <-ctx.Done():
			return context.Cause(ctx)
		}
	}
}
