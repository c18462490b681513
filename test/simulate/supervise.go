package simulate

import "strings"

// supervise starts members again that have ended because brokers have told them that others have their instance
// ids, as whoever runs them does.
func (w *world) supervise() error {
	for _, m := range w.members {
		select {
		case <-m.stopped:
		default:
			continue
		}
		if m.fenced || m.killed || m.err == nil || !strings.Contains(m.err.Error(), "another process has joined group") || !w.brokers.fencing {
			continue
		}
		m.fenced = true
		if _, err := w.start(m.instance); err != nil {
			return err
		}
	}
	return nil
}
