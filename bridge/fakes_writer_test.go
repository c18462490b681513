package bridge

import (
	"context"
	"slices"
	"sync"
)

// fakeWriter keeps dead letters, after it has failed as often as a test says.
type fakeWriter struct {
	mu      sync.Mutex
	fail    func(n int) error // for the n-th write, from 1; nil never fails
	writes  int
	letters []DeadLetter
}

func (w *fakeWriter) Write(_ context.Context, l DeadLetter) error {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.writes++
	if w.fail != nil {
		if err := w.fail(w.writes); err != nil {
			return err
		}
	}
	w.letters = append(w.letters, l)
	return nil
}

// all returns the dead letters written.
func (w *fakeWriter) all() []DeadLetter {
	w.mu.Lock()
	defer w.mu.Unlock()
	return slices.Clone(w.letters)
}

// values returns the values of the records that are dead letters, sorted.
func (w *fakeWriter) values() []string {
	w.mu.Lock()
	defer w.mu.Unlock()
	var all []string
	for _, l := range w.letters {
		all = append(all, string(l.Record.Value))
	}
	slices.Sort(all)
	return all
}
