package delivery

import (
	"math/rand/v2"
	"time"

	"github.com/sluice-bridge/sluice/bridge/sink"
)

// suspicion is what is known of a message that may be the reason why requests with it fail, though it
// may as well be the destination.
type suspicion struct {
	// refusals are how often it was refused alone, each time but the first after others had passed since
	// the first, and while the destination was not broken for them; where it is, rarely.
	refusals int
	first    time.Time // of them
	last     time.Time // of those that count
	pardon   int       // the lane's, when they began to count
}

const (
	// mostRefusals make a message a dead letter. With the waits between them that is after a quarter of a
	// minute at the most, where others pass: so the refusals of a proxy that is overloaded, or changes its
	// rules, do not count as those of a message.
	mostRefusals = 5
	// doubtful is how rarely refusals count while others are refused that never were before.
	doubtful = 10 * time.Minute
	// mostFailures of the requests with a message, all of them, while others pass, have it sent alone from
	// then on.
	mostFailures = 5
	// breaking is how many messages that were never refused before, with nothing that passes between
	// them, are taken for a broken destination.
	breaking = 2
	// exploring is how many requests try others soon after one another.
	exploring = 12
	// between is how many requests with others go out before one with a message that is sent alone.
	between = 3
)

// asideRetry is how soon a message that was refused alone is tried again, by its refusals.
var asideRetry = Retry{Initial: time.Second, Max: 15 * time.Second}

// alone says whether a message is to be sent in a request of its own.
func (d *Delivery) alone() bool { return d.suspicion != nil }

// refusals returns how often a message was refused alone, as far as that counts.
func (d *Delivery) refusals() int {
	if d.suspicion == nil {
		return 0
	}
	return d.suspicion.refusals
}

// suspect has a message sent alone from now on.
func (d *Delivery) suspect() {
	if d.suspicion == nil {
		d.suspicion = &suspicion{}
	}
}

// attempt is what came of a request and of the parts that it was split into.
type attempt struct {
	passed  bool // some of it
	refused int  // messages that were refused alone
	split   bool // since something in it is poison
}

// hopeless says that nothing is gained by sending the other parts: whatever was sent, all of it was
// refused.
func (a *attempt) hopeless() bool { return !a.passed && a.refused >= breaking }

// refusedAlone notes that nothing told whether it was for the message that it was refused. It says whether
// that counts. Called with mu held.
func (l *Lane) refusedAlone(d *Delivery, now time.Time) (counts bool) {
	s := d.suspicion
	if s.pardon != l.pardons {
		*s = suspicion{pardon: l.pardons}
	}
	// Others need not pass between all of them: one that waits may hold up the reading of its partition, so
	// that there are none any more. Where all of those are refused as well, it may be the destination now.
	broken := l.failures.refused >= breaking && now.Sub(s.last) < doubtful
	switch works := l.state == open || l.queue.ready() == 0 && !broken; {
	case s.refusals == 0:
		s.first, s.last, s.refusals, counts = now, now, 1, true
	case works && l.passed.After(s.first):
		s.refusals++
		s.last, counts = now, true
	}
	// Half of it at random: what was refused together is not to be tried together for ever.
	wait := asideRetry.ceiling(s.refusals)
	d.due = now.Add(wait/2 + rand.N(wait/2)) //nolint:gosec // nothing is kept secret by it
	return counts
}

// accepted notes that a message passed. One that was refused before tells that refusals, of whichever
// message, were not for the message. Called with mu held.
func (l *Lane) accepted(d *Delivery) {
	if d.refusals() > 0 {
		l.pardons++
	}
}

// separate has messages sent one by one of which all requests failed, again and again, while others
// passed: one of them may be the reason, and the others are not to wait for it. Called with mu held.
func (l *Lane) separate(batch []*Delivery, verdicts []*sink.Failure) {
	f := verdicts[0]
	if len(batch) == 1 || !l.failures.failed.IsZero() || f == nil || f.Class != sink.Transient && f.Class != sink.Unknown {
		return
	}
	for _, v := range verdicts {
		if v != f {
			return
		}
	}
	for _, d := range batch {
		if d.attempts >= mostFailures {
			d.suspect()
		}
	}
}

// aside says whether a message that is sent alone may go now, beside so many others that are ready: they
// have the larger part of the requests. Called with mu held.
func (l *Lane) aside(now time.Time, ready int) bool {
	due := l.queue.aside()
	switch {
	case due.IsZero() || due.After(now):
		return false
	case ready == 0:
		return true
	}
	return l.state == open && l.together >= between
}

// firstAway is how many messages are passed by at first where requests are refused for one of them, perhaps.
const firstAway = 10

// giveWay lets others go first where a request was refused for something that may be in it, and nothing
// else passes: four times as many each time, so that a run of such messages, however long, is soon passed
// by. It returns how long to wait before the next request: not for long at first, where there are others.
// Called with mu held.
func (l *Lane) giveWay(now time.Time) time.Duration {
	l.queue.advance(now)
	n := firstAway << min(2*l.failures.openings, 20)
	l.queue.rotate(n)
	if l.failures.openings < exploring && l.queue.ready() > firstAway {
		return reopening.wait(1)
	}
	return reopening.wait(l.failures.openings + 1)
}
