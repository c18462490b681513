package delivery

import (
	"context"
	"fmt"
	"time"

	"go.uber.org/zap"

	"github.com/sluice-bridge/sluice/bridge/message"
	"github.com/sluice-bridge/sluice/bridge/sink"
	"github.com/sluice-bridge/sluice/telemetry"
)

// disposition is what becomes of a delivery after a request.
type disposition uint8

const (
	dispositionSettled  disposition = iota // accepted
	dispositionRejected                    // never will be: to the dead letters
	dispositionRequeued                    // back in the queue, and no longer the sender's to touch
)

// work sends what is next, and then what is due after it, until nothing is.
func (l *Lane) work(r *request) {
	defer l.out.Done()
	for more := true; more; { // the first delivery of a request has its age
		r.begin()
		sent := time.Now()
		var a attempt
		l.request(r, r.batch, r.verdicts, &a)
		now := time.Now()

		l.mu.Lock()
		l.running--
		l.asked.end(r.batch[0].age)
		l.sending -= len(r.batch)
		l.applyResults(r.batch, r.verdicts, r.dispositions, a, sent, now)
		more = l.next(r, now)
		l.kick(now)
		l.mu.Unlock()

		l.finish(r, now)
		r.end()
	}
	requests.Put(r)
}

// request sends a batch and fills in a verdict for each entry: nil where it was accepted. A call that is
// rejected as a whole because of what is in it, as far as is known, is split until the guilty entry is
// alone.
func (l *Lane) request(r *request, batch []*Delivery, verdicts []*sink.Failure, a *attempt) {
	failure := l.call(r, batch, verdicts)
	if failure == nil {
		a.passed = true
		return
	}
	if failure.Class != sink.Poison && !failure.Ambiguous || len(batch) == 1 {
		for i := range verdicts {
			verdicts[i] = failure
		}
		if failure.Ambiguous {
			a.refused++
			batch[0].suspect()
		}
		a.passed = a.passed || failure.Class == sink.Poison
		return
	}
	a.split = a.split || failure.Class == sink.Poison
	half := len(batch) / 2
	l.request(r, batch[:half], verdicts[:half], a)
	rest, behind := l.notHeldBack(batch, verdicts, half, a)
	later := make([]*sink.Failure, len(rest))
	if len(rest) > 0 {
		l.request(r, rest, later, a)
	}
	for i, at := range behind {
		verdicts[at] = later[i]
	}
}

// heldBack is the verdict on a message that was not sent since an earlier one of its group has to
// be sent again first, or since all that was sent before it was refused.
var heldBack = &sink.Failure{Class: sink.Transient, Code: "held_back", Message: "an earlier message is to be sent first"}

// notHeldBack returns the second part of a split batch, without the messages of groups of which
// the first part left something unsent, and the place of each in the batch; nothing where it is hopeless.
func (l *Lane) notHeldBack(batch []*Delivery, verdicts []*sink.Failure, half int, a *attempt) ([]*Delivery, []int) {
	unsent := map[string]bool{}
	if l.opts.Destination.FIFO {
		for i, v := range verdicts[:half] {
			if v != nil && v.Class != sink.Poison {
				unsent[batch[i].Message.GroupID] = true
			}
		}
	}
	var rest []*Delivery
	var at []int
	for i := half; i < len(batch); i++ {
		if a.hopeless() || unsent[batch[i].Message.GroupID] {
			verdicts[i] = heldBack
			continue
		}
		rest = append(rest, batch[i])
		at = append(at, i)
	}
	return rest, at
}

// call makes one request.
func (l *Lane) call(r *request, batch []*Delivery, verdicts []*sink.Failure) *sink.Failure {
	for i, d := range batch {
		r.messages[i] = &d.Message
		d.attempts++
	}
	ctx, cancel := context.WithTimeout(l.ctx, l.opts.RequestTimeout)
	defer cancel()
	began := time.Now()
	clear(verdicts)
	failure := l.sink.Send(ctx, r.messages[:len(batch)], verdicts)
	l.observe.Requested(len(batch), time.Since(began), failure)
	return failure
}

// applyResults decides what becomes of each delivery, puts back what has to be sent again, and changes the
// lane's state by what happened. Called with mu held.
func (l *Lane) applyResults(batch []*Delivery, verdicts []*sink.Failure, dispositions []disposition, a attempt, sent, now time.Time) {
	var worst, refusal, unproven *sink.Failure
	refused := 0 // messages that were not under suspicion before
	l.separate(batch, verdicts)
	var again time.Time
	answered, poisoned := false, false
	var retries telemetry.Retries
	for i, d := range batch {
		if v := verdicts[i]; v != nil && v.Ambiguous {
			switch counts := l.refusedAlone(d, now); {
			case !counts:
				unproven = v
			case d.refusals() == 1:
				refused++
			}
		}
		switch v := verdicts[i]; {
		case v == nil:
			answered = true
			dispositions[i] = dispositionSettled
			l.accepted(d)
			l.queue.done(d)
		case l.final(d, v, now):
			// A message that is refused for itself shows a service that works.
			poisoned = poisoned || v.Class == sink.Poison
			answered = answered || poisoned
			dispositions[i] = dispositionRejected
			l.queue.done(d)
		default:
			dispositions[i] = dispositionRequeued
			switch {
			case v == heldBack: // it was not sent
			case v.Ambiguous:
				refusal = v
				if d.letter != "" {
					l.refuse(d, v)
				}
				retries[v.Class]++
			case v.Class == sink.Poison:
				answered, poisoned = true, true
				l.refuse(d, v)
				retries[v.Class]++
			default:
				worst = graver(worst, v)
				retries[v.Class]++
			}
			if !v.Ambiguous {
				d.due = now
			}
			if l.waits(v) {
				// What failed together is sent again together: else each message would come back
				// in a request of its own.
				if again.IsZero() {
					again = now.Add(l.retry(v, sent).wait(d.attempts))
				}
				d.due = again
			}
			d.own()
			l.queue.again(d)
		}
	}
	if a.split || poisoned {
		l.look(now, lookSeldom) // it may be that less is taken than was
	}
	l.observe.Retried(&retries)
	l.limiter.Weigh(float64(retries[sink.Throttled]) / float64(len(batch)))
	if refusal != nil && !answered {
		if l.failures.refused += refused; l.failures.refused >= breaking {
			worst = graver(worst, refusal)
		}
	}
	if unproven != nil && l.state == open {
		l.report(fmt.Sprintf("a message is refused again, and no other has passed meanwhile: %v", unproven))
	}
	if answered && (worst == nil || worst.Class < sink.Configuration) {
		l.succeeded(sent, now)
	}
	if worst != nil {
		l.failed(worst, answered, sent, now)
	}
}

// final says whether a failed delivery is not to be sent again.
func (l *Lane) final(d *Delivery, v *sink.Failure, now time.Time) bool {
	switch {
	case d.letter != "":
		return false // a dead letter has nowhere else to go
	case v == heldBack:
		return false // it was not sent
	case l.ctx.Err() != nil && v.Class != sink.Poison:
		return false // cut off by Close
	}
	if v.Ambiguous {
		return d.refusals() >= mostRefusals
	}
	switch v.Class {
	case sink.Poison:
		return true
	case sink.Configuration, sink.Credentials:
		return false
	default:
		limit := l.opts.Retry.GiveUpAfter
		return limit > 0 && now.Sub(d.entered) >= limit
	}
}

// waits says whether a message that failed so is to wait. Behind a broken destination the lane
// waits as a whole, and what was only held back goes with the message it waits for.
func (l *Lane) waits(v *sink.Failure) bool {
	return v.Class != sink.Configuration && v.Class != sink.Credentials && v != heldBack
}

// shortWait bounds the backoff of a message where the lane as a whole sends no more than the
// destination takes, the destination is well again, or the lane is retired: messages that waited on
// for long would hold back the mark of their partition, and in the end all that is read, or the lane
// that is to take over.
const shortWait = time.Second

// retry returns the backoff after a failure of a request sent at the given time.
func (l *Lane) retry(v *sink.Failure, sent time.Time) Retry {
	r := l.opts.Retry
	if v.Class == sink.Throttled || l.recovered.After(sent) || l.idle != nil {
		r.Max = min(r.Max, shortWait)
	}
	return r
}

// finish settles what was accepted and dead-letters what never will be.
func (l *Lane) finish(r *request, now time.Time) {
	for i, d := range r.batch {
		if r.dispositions[i] == dispositionSettled {
			r.taken = append(r.taken, d.Record)
		}
	}
	l.observe.Acknowledged(r.taken, now)
	for i, d := range r.batch {
		switch r.dispositions[i] {
		case dispositionSettled:
			if d.letter != "" {
				l.letters.observe.DeadLetterWritten(d.letter)
				l.letters.gone(d)
				l.resolveDeadLetter(d, l.health.Resolve)
			}
			d.settled()
		case dispositionRejected:
			l.reject(d, r.verdicts[i])
		case dispositionRequeued:
		}
	}
}

// refuse tells of a dead letter that its destination does not take: it has nowhere else to go, and
// waits. It leaves its room to others, or a few such would keep all others from being made; in the window
// it counts what it would take in a request.
func (l *Lane) refuse(d *Delivery, why error) {
	l.letters.report(message.SourceOf(d.Record), why, !d.refused)
	l.letters.gone(d)
	d.refused = true
}

// resolveDeadLetter ends what was reported of a dead letter; end says how, to Health.
func (l *Lane) resolveDeadLetter(d *Delivery, end func(key string)) {
	if d.refused {
		l.letters.resolve(end)
	}
}

// discard throws away a delivery of an assignment that has ended.
func (l *Lane) discard(d *Delivery) {
	l.resolveDeadLetter(d, l.health.Drop)
	l.letters.gone(d)
	d.Free()
}

// reject hands a delivery to the dead letters.
func (l *Lane) reject(d *Delivery, v *sink.Failure) {
	reason := message.ReasonRejected
	switch {
	case v.Code == codeTooLarge:
		reason = message.ReasonTooLarge
	case v.Ambiguous:
		v = &sink.Failure{Class: v.Class, Code: v.Code, Message: fmt.Sprintf("refused alone %d times, while others passed: %s", mostRefusals, v.Message)}
	case v.Class != sink.Poison:
		reason = message.ReasonGaveUp
	}
	l.observe.DeadLettered()
	l.log.Debug("dead letter", zap.String("reason", string(reason)), zap.String("code", v.Code))
	l.letters.Take(d, l.opts.Destination.Name, reason, v)
}

// graver returns the failure that says more of the destination's state.
func graver(a, b *sink.Failure) *sink.Failure {
	if a == nil || b.Class > a.Class {
		return b
	}
	return a
}
