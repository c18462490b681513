package delivery

import (
	"context"
	"fmt"
	"time"

	"github.com/sluice-bridge/sluice/bridge/sink"
	"github.com/sluice-bridge/sluice/internal/pause"
)

// failureState is what a lane remembers of failures, until a request succeeds.
type failureState struct {
	since       time.Time  // of requests that have failed with no success, when the first was sent
	failed      time.Time  // the first of these failures
	credentials time.Time  // the first failure of credentials
	class       sink.Class // of the latest failure that passes by itself
	reported    bool       // to Health
	openings    int        // failed in a row
	refused     int        // messages that were refused alone for the first time
}

const (
	// patience is how long requests may fail before that is worth telling: single failures are
	// part of normal operation.
	patience = 5 * time.Second
	// openTimeout bounds one look-up of a destination.
	openTimeout = 15 * time.Second
)

// reopening is how a broken destination is tried again: what it takes, a person has to mend, so
// rarely, but soon enough that nobody waits for it after mending it.
var reopening = Retry{Initial: time.Second, Max: 15 * time.Second}

// succeeded tells that AWS took a request. Called with mu held.
func (l *Lane) succeeded(sent, now time.Time) {
	l.worked = now
	if sent.After(l.passed) {
		l.passed = sent
	}
	l.limiter.Succeeded(sent, now, l.running+1)
	l.observe.Allowed(l.limiter.Limit)
	if l.failures.reported {
		l.recovered = now
		l.queue.hasten(now.Add(shortWait))
	}
	// Of a broken destination a late answer says nothing: only opening it again does.
	if l.state != opening {
		l.resolve(l.health.Resolve)
	}
}

// resolve ends all failures; end says how, to Health. Called with mu held.
func (l *Lane) resolve(end func(key string)) {
	l.state = open
	if l.failures.reported {
		end(l.key())
	}
	l.failures = failureState{}
}

// failed tells of the gravest failure in a request; answered, whether AWS took something of it.
// Called with mu held.
func (l *Lane) failed(f *sink.Failure, answered bool, sent, now time.Time) {
	switch f.Class {
	case sink.Configuration:
		l.broken(f, now)
	case sink.Credentials:
		// The sink has dropped the cached ones: what was signed with them gets one more try.
		if l.failures.credentials.IsZero() {
			l.failures.credentials = now
		} else if !sent.Before(l.failures.credentials) {
			l.broken(f, now)
		}
	case sink.Throttled:
		l.limiter.Throttled(sent, now)
		l.failing(f, answered, sent, now)
	default:
		// One failed request says nothing of the service; one that was sent after another had
		// failed, with no success since, does.
		if !l.failures.failed.IsZero() && !sent.Before(l.failures.failed) {
			l.limiter.Failed(sent, now)
		}
		l.failing(f, answered, sent, now)
	}
	l.observe.Allowed(l.limiter.Limit)
}

// failing notes a failure that passes by itself, and tells of it when it does not for long.
// Called with mu held.
func (l *Lane) failing(f *sink.Failure, answered bool, sent, now time.Time) {
	if answered {
		return
	}
	l.failures.class = f.Class
	if l.failures.failed.IsZero() {
		l.failures.failed = now
		// A request that nobody answered has been failing since it was sent, unless another one has
		// succeeded meanwhile.
		l.failures.since = sent
		if sent.Before(l.worked) {
			l.failures.since = l.worked
		}
	}
	if now.Sub(l.failures.since) >= patience {
		l.report(fmt.Sprintf("requests have been failing for %s (%s): %v", now.Sub(l.failures.since).Round(time.Second), f.Class, f))
	}
}

// broken stops the lane until the destination can be opened again. Called with mu held.
func (l *Lane) broken(f *sink.Failure, now time.Time) {
	if l.state == opening {
		return
	}
	delay := reopening.wait(l.failures.openings + 1)
	if f.Ambiguous {
		delay = l.giveWay(now)
	}
	l.state = opening
	l.ownAll()
	l.report(fmt.Sprintf("the destination is broken (%s) and its records wait: %v", f.Class, f))
	l.failures.openings++
	l.spawnOpen(delay)
}

// report tells Health. Called with mu held.
func (l *Lane) report(text string) {
	l.failures.reported = true
	l.health.Report(l.key(), text)
}

// spawnOpen opens the sink after a delay. Called with mu held.
func (l *Lane) spawnOpen(delay time.Duration) {
	if l.ctx.Err() != nil {
		return
	}
	l.out.Add(1)
	go l.open(delay)
}

// open opens the sink, for as long as it takes.
func (l *Lane) open(delay time.Duration) {
	defer l.out.Done()
	for _, sent := range l.opts.After {
		select {
		case <-sent:
		case <-l.ctx.Done():
			return
		}
	}
	l.follow()
	for pause.For(l.ctx, delay) {
		ctx, cancel := context.WithTimeout(l.ctx, openTimeout)
		began := time.Now()
		limits, err := l.sink.Open(ctx)
		cancel()
		if l.ctx.Err() != nil {
			return
		}
		delay = l.opened(limits, err, began)
		if err == nil {
			return
		}
	}
}

// follow notes that the earlier lanes have sent what they held.
func (l *Lane) follow() {
	l.mu.Lock()
	defer l.mu.Unlock()
	if !l.behind {
		return
	}
	l.behind = false
	l.kick(time.Now())
}

// opened notes the result of an opening that began at a time, and returns how long to wait before the next one.
func (l *Lane) opened(limits sink.Limits, err error, began time.Time) time.Duration {
	l.mu.Lock()
	defer l.mu.Unlock()
	if err != nil {
		l.failures.openings++
		l.ownAll()
		waits := ""
		if l.queue.size() > 0 {
			waits = " and its records wait"
		}
		l.report(fmt.Sprintf("the destination cannot be opened%s: %v", waits, err))
		return reopening.wait(l.failures.openings)
	}
	l.learn(limits, began)
	l.state = open
	if l.failures.reported {
		l.state = probing
	}
	l.kick(time.Now())
	return 0
}
