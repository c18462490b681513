package daemon

import (
	"fmt"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"github.com/coreos/go-systemd/v22/daemon"
	"go.uber.org/zap"

	"github.com/sluice-bridge/sluice/internal/excerpt"
)

// notifier tells systemd that the daemon runs, what is wrong, and that it makes progress
// (sd_notify(3)). Outside systemd it does nothing.
type notifier struct {
	stop    chan struct{}
	done    sync.WaitGroup
	running atomic.Bool
}

// startNotifying begins before the daemon runs: a broker that does not answer is waited for, however
// long, and systemd is asked for the time.
func startNotifying(d *Daemon) *notifier {
	n := &notifier{stop: make(chan struct{})}
	told, err := daemon.SdNotify(false, n.state(d))
	if err != nil {
		d.log.Warn("systemd cannot be notified", zap.Error(err))
	}
	if !told {
		return n
	}
	interval, err := daemon.SdWatchdogEnabled(false)
	watched := err == nil && interval > 0
	n.done.Go(func() {
		tick := time.NewTicker(beat(interval, watched))
		defer tick.Stop()
		for {
			select {
			case <-n.stop:
				return
			case <-tick.C:
				state := n.state(d)
				if watched && d.idle() < interval {
					state += "\n" + daemon.SdNotifyWatchdog
				}
				_, _ = daemon.SdNotify(false, state)
			}
		}
	})
	return n
}

// startMore is how much longer a start may take from each notification on, which come every 10 s.
const startMore = time.Minute

// state is what is wrong, and while the daemon starts a request for more time.
func (n *notifier) state(d *Daemon) string {
	state := "STATUS=" + d.status()
	if !n.running.Load() {
		state += fmt.Sprintf("\nEXTEND_TIMEOUT_USEC=%d", startMore.Microseconds())
	}
	return state
}

// ready tells that the daemon runs.
func (n *notifier) ready() {
	n.running.Store(true)
	_, _ = daemon.SdNotify(false, daemon.SdNotifyReady)
}

// beat returns how often to notify: twice an interval of the watchdog at least.
func beat(interval time.Duration, watched bool) time.Duration {
	if watched {
		return min(interval/3, 10*time.Second)
	}
	return 10 * time.Second
}

func (n *notifier) stopping() {
	_, _ = daemon.SdNotify(false, daemon.SdNotifyStopping)
	close(n.stop)
	n.done.Wait()
}

// status is one line of what is wrong.
func (d *Daemon) status() string {
	problems := d.Problems()
	if len(problems) == 0 {
		return "ready"
	}
	texts := make([]string, len(problems))
	for i, p := range problems {
		texts[i] = excerpt.Line(p.What + ": " + p.Text) // a line more would be another word to systemd
	}
	return "not ready: " + strings.Join(texts, "; ")
}
