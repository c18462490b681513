package delivery

import (
	"context"
	"errors"
	"time"

	"go.uber.org/zap"

	"github.com/sluice-bridge/sluice/bridge/sink"
)

// looking is what a lane remembers of its looks at the limits of its destination. They can be changed at
// any time (SetQueueAttributes, SetTopicAttributes), and nobody tells the bridge.
type looking struct {
	began time.Time // the latest that told the limits, or that they cannot be told
	tried time.Time // the latest of all
	under bool      // under way
	blind bool      // the latest failed, which has been told
}

const (
	// lookEvery is how often the limits are looked at, at the most, before something is called too large.
	lookEvery = 5 * time.Second
	// lookSeldom is how often, at the most, since the service has refused a message.
	lookSeldom = 15 * time.Second
	// lookWait is how long a message waits before it is looked whether the limits are there.
	lookWait = 200 * time.Millisecond
	// lookPatience is how long limits that are out of reach for the moment are waited for. Then those hold
	// that are known.
	lookPatience = time.Minute
)

// screen drops what belongs to an assignment that has ended, and rejects what the destination
// cannot take for its size. Called with mu held.
func (l *Lane) screen(batch []*Delivery, now time.Time) []*Delivery {
	waiting := l.undecided(batch, now)
	kept := batch[:0]
	for _, d := range batch {
		large := tooLarge(d.Message.Size, l.limits.MaxMessageBytes)
		switch {
		case d.Ack.Closed():
			l.queue.done(d)
			l.discard(d)
		case waiting[d]:
			d.due = now.Add(lookWait)
			d.own()
			l.queue.again(d)
		case large == nil:
			kept = append(kept, d)
		case d.letter != "":
			l.refuse(d, large)
			d.asked = time.Time{}
			d.due = now.Add(reopening.Max)
			l.queue.again(d)
		default:
			l.queue.done(d)
			l.reject(d, large)
		}
	}
	clear(batch[len(kept):])
	return kept
}

// undecided returns which messages of a batch wait for the limits: those that are too large by limits of
// which it is not known whether they still hold, and others of their groups, which may not overtake them.
// Called with mu held.
func (l *Lane) undecided(batch []*Delivery, now time.Time) map[*Delivery]bool {
	var waiting map[*Delivery]bool
	var groups map[string]bool
	for _, d := range batch {
		if d.Message.Size <= l.limits.MaxMessageBytes || d.Ack.Closed() || l.lookedAt(d, now) {
			continue
		}
		if waiting == nil {
			waiting, groups = map[*Delivery]bool{}, map[string]bool{}
		}
		waiting[d] = true
		groups[d.Message.GroupID] = l.opts.Destination.FIFO
	}
	if waiting == nil {
		return nil
	}
	for _, d := range batch {
		if groups[d.Message.GroupID] {
			waiting[d] = true
		}
	}
	return waiting
}

// lookedAt says whether the limits have been looked at since a message was found too large by those known
// before, or a moment ago and since it has come, and sees to it that they are. Called with mu held.
func (l *Lane) lookedAt(d *Delivery, now time.Time) bool {
	if d.asked.IsZero() {
		d.asked = now
	}
	began := l.looking.began
	// Many may come one after the other, of one group: they do not wait for a look each.
	if lately := !began.Before(d.entered) && now.Sub(began) < lookEvery; lately || !began.Before(d.asked) || now.Sub(d.asked) >= lookPatience {
		return true
	}
	l.look(now, lookEvery)
	return false
}

// look looks at the limits, unless that was done a short time ago or is being done. Called with mu held.
func (l *Lane) look(now time.Time, every time.Duration) {
	if l.looking.under || l.state == opening || now.Sub(l.looking.tried) < every || l.ctx.Err() != nil {
		return
	}
	l.looking.under, l.looking.tried = true, now
	l.out.Add(1)
	go l.lookUp(now)
}

// lookUp asks for the limits, for openTimeout at the most.
func (l *Lane) lookUp(began time.Time) {
	defer l.out.Done()
	ctx, cancel := context.WithTimeout(l.ctx, openTimeout)
	limits, err := l.sink.Open(ctx)
	cancel()
	l.mu.Lock()
	defer l.mu.Unlock()
	l.looking.under = false
	if l.ctx.Err() != nil {
		return
	}
	var f *sink.Failure
	switch {
	case err == nil:
		l.learn(limits, began)
	case errors.As(err, &f) && (f.Class == sink.Configuration || f.Class == sink.Credentials):
		l.looking.began = began // waiting is of no use: what is known has to do
		l.cannotTell(err)
	default:
		l.cannotTell(err)
	}
	l.kick(time.Now())
}

// learn takes limits over that were asked for at a time. What is only presumed is no reason to forget
// what was known. Called with mu held.
func (l *Lane) learn(limits sink.Limits, began time.Time) {
	l.looking.began = began
	if known := l.limits.MaxMessageBytes > 0 && !l.limits.Presumed; known && limits.Presumed {
		l.cannotTell(errors.New("the look-up is refused"))
		return
	}
	l.limits, l.looking.blind = limits, false
}

// cannotTell says once that the limits may be others than those that are known. Called with mu held.
func (l *Lane) cannotTell(why error) {
	if l.looking.blind {
		return
	}
	l.looking.blind = true
	l.log.Warn("the limits of the destination cannot be looked up; the last known ones are used",
		zap.Int("message_bytes", l.limits.MaxMessageBytes), zap.Error(why))
}
