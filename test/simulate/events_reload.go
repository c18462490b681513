package simulate

import (
	"context"
	"errors"
	"fmt"
	"time"
)

// reloadEvents change the configuration.
var reloadEvents = []eventKind{{"reload", drawChange, reload}}

// reload has all members go over to a changed configuration, one after the other.
func reload(w *world, e Event) error {
	next, err := mutate(w.setup, e)
	if err != nil {
		return err
	}
	if _, err := w.configuration(next, "m"); err != nil {
		return fmt.Errorf("it is refused: %w", err)
	}
	w.setup = next
	if others := w.one(0) != w.one(1); others {
		w.ledger.beginHandover(next)
		defer w.ledger.endHandover()
	}
	w.ledger.change(next)
	defer w.ledger.moves()
	var failed error
	for _, m := range w.members {
		failed = errors.Join(failed, m.reload(next))
	}
	w.ledger.changed()
	return failed
}

func (m *member) reload(s Setup) error {
	if !m.running() {
		return nil
	}
	cfg, err := m.w.configuration(s, m.instance)
	if err != nil {
		return err
	}
	ctx, cancel := context.WithTimeout(m.w.ctx, 5*time.Minute)
	defer cancel()
	labelled(m.name, func() { err = m.daemon.Reload(ctx, cfg) })
	if err != nil {
		// Whoever changes a configuration in vain restarts.
		m.leaving = true
		m.stop()
		<-m.stopped
		if _, again := m.w.start(m.instance); again != nil {
			return again
		}
		return fmt.Errorf("%s restarts: %w", m.name, err)
	}
	m.setup = s.clone()
	return nil
}
