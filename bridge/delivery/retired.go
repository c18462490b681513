package delivery

import (
	"time"

	"github.com/sluice-bridge/sluice/bridge/offsets"
	"github.com/sluice-bridge/sluice/bridge/sink"
)

// Retire says that nothing will be added any more, and returns a channel that is closed when all
// that was added is sent, and all that earlier lanes held. What waits for a retry is tried at once:
// another lane may wait for this one.
func (l *Lane) Retire() <-chan struct{} {
	l.mu.Lock()
	defer l.mu.Unlock()
	now := time.Now()
	if l.idle == nil {
		l.idle = make(chan struct{})
		l.queue.hasten(now)
	}
	l.flushing = true
	l.kick(now)
	return l.idle
}

// Left is what a retired lane has still to do.
type Left struct {
	// Held are deliveries that are queued, or in requests. They only become fewer.
	Held int
	// Behind: it waits for earlier lanes.
	Behind bool
	// Failing: the destination is broken, has taken nothing for some time without asking for less, or
	// has refused dead letters, and all that is left is these and what follows them in their groups.
	Failing bool
}

// Left returns what the lane, retired, has still to do.
func (l *Lane) Left() Left {
	l.mu.Lock()
	defer l.mu.Unlock()
	held := l.queue.size() + l.sending
	return Left{
		Held:    held,
		Behind:  l.behind,
		Failing: l.state == opening || l.failures.reported && l.failures.class != sink.Throttled || l.allRefused(held),
	}
}

// allRefused says whether all that is held is dead letters that were refused, and what follows them in their message
// groups: of that little goes, and late. Called with mu held.
func (l *Lane) allRefused(held int) bool {
	behind, waiting := map[string]bool{}, 0
	l.queue.each(func(d *Delivery) {
		group := d.Message.GroupID
		if d.refused {
			behind[group] = l.opts.Destination.FIFO
		}
		if d.refused || behind[group] {
			waiting++
		}
	})
	return waiting > 0 && waiting == held
}

// Waiting returns what deliveries report to that wait to be sent, where it has not ended.
func (l *Lane) Waiting() []offsets.Ack {
	l.mu.Lock()
	defer l.mu.Unlock()
	seen := map[offsets.Ack]bool{}
	var all []offsets.Ack
	l.queue.each(func(d *Delivery) {
		if !seen[d.Ack] && !d.Ack.Closed() {
			seen[d.Ack] = true
			all = append(all, d.Ack)
		}
	})
	return all
}
