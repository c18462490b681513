package daemon

import "context"

// turn is held by one at a time, for long: unlike a mutex it can be waited for until a context ends.
type turn chan struct{}

func newTurn() turn { return make(turn, 1) }

// take waits for the turn; an error is the context's.
func (t turn) take(ctx context.Context) error {
	select {
	case t <- struct{}{}:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}

// give lets the next one have it.
func (t turn) give() { <-t }
