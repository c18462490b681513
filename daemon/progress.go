package daemon

import (
	"fmt"
	"sync"
	"time"

	"github.com/sluice-bridge/sluice/bridge/kafka/consumer"
)

// wedgedAfter is how long the process may go without progress before it is called dead. Every loop
// turns many times a second, except while a commit waits for a rebalance.
const wedgedAfter = 60 * time.Second

// pulse is when each loop of a source last moved.
type pulse struct {
	turns [2]uint64
	at    [2]time.Time
}

// heart remembers the progress of sources.
type heart struct {
	mu     sync.Mutex
	pulses map[*consumer.Source]pulse
}

// idle returns how long the slowest source has gone without progress.
func (d *Daemon) idle() time.Duration {
	d.heart.mu.Lock()
	defer d.heart.mu.Unlock()
	now := time.Now()
	next := map[*consumer.Source]pulse{}
	var longest time.Duration
	for _, s := range d.sources() {
		p, seen := d.heart.pulses[s]
		for i, turns := range s.Progress() {
			if !seen || turns != p.turns[i] {
				p.turns[i], p.at[i] = turns, now
			}
			longest = max(longest, now.Sub(p.at[i]))
		}
		next[s] = p
	}
	d.heart.pulses = next
	return longest
}

// Alive returns nil while the process makes progress, and otherwise for how long it has not.
func (d *Daemon) Alive() error {
	if idle := d.idle(); idle > wedgedAfter {
		return fmt.Errorf("no progress for %s", idle.Round(time.Second))
	}
	return nil
}
