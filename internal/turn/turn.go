// Package turn has one at a time do what takes long.
package turn

import "context"

// Turn is held by one at a time. Unlike a mutex it can be waited for until a context ends.
type Turn chan struct{}

// New returns one that nobody has.
func New() Turn { return make(Turn, 1) }

// Take waits for the turn; an error is the context's.
func (t Turn) Take(ctx context.Context) error {
	select {
	case t <- struct{}{}:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}

// Give lets the next one have it.
func (t Turn) Give() { <-t }
