package bridgetest

import (
	"context"
	"slices"
	"sync"

	"github.com/sluice-bridge/sluice/bridge/message"
)

// Writer keeps dead letters, after it has failed as often as a test says.
type Writer struct {
	Mu      sync.Mutex
	Fail    func(n int) error // for the n-th write, from 1; nil never fails
	writes  int
	Letters []message.DeadLetter
}

func (w *Writer) Write(_ context.Context, l message.DeadLetter) error {
	w.Mu.Lock()
	defer w.Mu.Unlock()
	w.writes++
	if w.Fail != nil {
		if err := w.Fail(w.writes); err != nil {
			return err
		}
	}
	w.Letters = append(w.Letters, l)
	return nil
}

// All returns the dead letters written.
func (w *Writer) All() []message.DeadLetter {
	w.Mu.Lock()
	defer w.Mu.Unlock()
	return slices.Clone(w.Letters)
}

// Values returns the values of the records that are dead letters, sorted.
func (w *Writer) Values() []string {
	w.Mu.Lock()
	defer w.Mu.Unlock()
	var all []string
	for _, l := range w.Letters {
		all = append(all, string(l.Record.Value))
	}
	slices.Sort(all)
	return all
}
