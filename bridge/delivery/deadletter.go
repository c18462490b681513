package delivery

import (
	"context"
	"fmt"
	"sync"
	"sync/atomic"
	"time"

	"github.com/sluice-bridge/sluice/bridge/message"
	"github.com/sluice-bridge/sluice/bridge/sink"
	"github.com/sluice-bridge/sluice/internal/excerpt"
	"github.com/sluice-bridge/sluice/internal/pause"
	"github.com/sluice-bridge/sluice/internal/ring"
	"github.com/sluice-bridge/sluice/telemetry"
)

const codeTooLarge = "too_large"

// tooLarge returns why a message of that size cannot be sent, or nil.
func tooLarge(size, limit int) *sink.Failure {
	if size <= limit {
		return nil
	}
	return &sink.Failure{Class: sink.Poison, Code: codeTooLarge,
		Message: fmt.Sprintf("%d bytes with attributes; the destination takes %d", size, limit)}
}

// DeadLetterWriter keeps dead letters in Kafka.
type DeadLetterWriter interface {
	// Write blocks until the letter is acknowledged by all in-sync replicas, it failed, or ctx
	// ends.
	Write(ctx context.Context, letter message.DeadLetter) error
}

// DeadLetters takes what could not be delivered. The record settles when its dead letter is
// acknowledged, and not before.
type DeadLetters struct {
	ctx     context.Context
	target  atomic.Pointer[deadLetterTarget]
	observe *telemetry.Observer
	out     sync.WaitGroup

	mu      sync.Mutex
	refused int                        // letters that were refused and wait
	writing int                        // goroutines
	pending ring.Buffer[pendingLetter] // wait for one of them
	built   int64                      // bytes of the messages that wait in a lane
}

// deadLetterTarget is where dead letters go: one of the two is set.
type deadLetterTarget struct {
	writer DeadLetterWriter
	lane   *Lane
}

// NewDeadLetters returns dead letters that go nowhere yet; ToKafka or ToLane comes before the first
// record. Writing ends with ctx.
func NewDeadLetters(ctx context.Context, observer *telemetry.Observer) *DeadLetters {
	return &DeadLetters{ctx: ctx, observe: observer}
}

// ToKafka sends dead letters to a topic from now on.
func (l *DeadLetters) ToKafka(w DeadLetterWriter) { l.to(&deadLetterTarget{writer: w}) }

// ToLane sends dead letters to a destination from now on.
func (l *DeadLetters) ToLane(lane *Lane) { l.to(&deadLetterTarget{lane: lane}) }

// Lane is where dead letters go now; nil where that is a topic.
func (l *DeadLetters) Lane() *Lane { return l.target.Load().lane }

func (l *DeadLetters) to(target *deadLetterTarget) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.target.Store(target)
	l.start()
}

const lettersKey = "dead letters"

// letterBackoff is for a dead-letter topic that refuses: the producer has retried by itself what
// passes.
var letterBackoff = Retry{Initial: 500 * time.Millisecond, Max: 15 * time.Second}

// handBackoff is for a lane that is just being replaced.
var handBackoff = Retry{Initial: time.Millisecond, Max: time.Second}

// mostWriting is how many dead letters are written at once: enough to fill the producer's batches,
// and few enough that a flood of them costs no more memory than other records do.
const mostWriting = 256

// pendingLetter is a delivery that is to become a dead letter.
type pendingLetter struct {
	delivery    *Delivery
	destination string
	reason      message.Reason
	why         error
}

// Take makes a delivery a dead letter, which settles it in the end; it is no longer the caller's.
// It returns at once and takes no lock of a lane: dead letters may lead back to the same one.
func (l *DeadLetters) Take(d *Delivery, destination string, reason message.Reason, why error) {
	d.own()
	// Of the message only its correlation id is needed any more.
	d.Message = message.Message{CorrelationID: d.Message.CorrelationID}
	l.mu.Lock()
	defer l.mu.Unlock()
	l.pending.Push(pendingLetter{d, destination, reason, why})
	l.start()
}

// start has as many letters written as may be at once. Called with mu held.
func (l *DeadLetters) start() {
	most := mostWriting
	if l.Lane() != nil {
		most = 1 // a lane takes them at once
	}
	for n := l.pending.Len(); n > 0 && l.writing < most && l.fits(); n-- {
		l.writing++
		l.out.Go(l.write)
	}
}

// write puts one letter after the other until none waits that may be built.
func (l *DeadLetters) write() {
	for {
		l.mu.Lock()
		if !l.fits() {
			l.writing--
			l.mu.Unlock()
			return
		}
		b := l.pending.Pop()
		if l.Lane() != nil {
			b.delivery.built = envelopeBytes(b.delivery.Record)
			l.built += b.delivery.built
		}
		l.mu.Unlock()
		if !l.put(b.delivery, b.destination, b.reason, b.why) {
			l.gone(b.delivery)
		}
	}
}

// Wait waits, after the end of the context, until no dead letter is being written.
func (l *DeadLetters) Wait() { l.out.Wait() }

// put writes a letter, or hands it to a lane; false where it did not, since nobody waits for it.
func (l *DeadLetters) put(d *Delivery, destination string, reason message.Reason, why error) bool {
	letter := message.DeadLetter{
		Record:      d.Record,
		Reason:      reason,
		Error:       excerpt.Failure(why.Error()),
		Rule:        d.Rule,
		Destination: destination,
		Attempts:    d.Resend.Attempts() + d.attempts,
		Time:        time.Now(),
		Batch:       d.Batch,
	}
	reported, end := false, l.observe.Drop
	defer func() {
		if reported {
			l.resolve(end)
		}
	}()
	// Whoever reads the record after the end of its assignment decides on it anew.
	for attempt := 1; l.ctx.Err() == nil && !d.Ack.Closed(); attempt++ {
		target := l.target.Load()
		if target.lane != nil {
			if l.hand(d, letter, target.lane) {
				return true
			}
			// The lane is closed, or retired by a reload that has set the next target before.
			pause.For(l.ctx, handBackoff.wait(attempt))
			continue
		}
		late, err := l.produce(target.writer, letter, reported)
		reported = reported || late
		if err == nil {
			end = l.observe.Resolve
			l.observe.DeadLetterWritten(reason)
			l.gone(d)
			d.settled()
			return true
		}
		if l.ctx.Err() != nil {
			return false
		}
		if l.target.Load() != target {
			continue // a reload has put another in its place, and ended this one
		}
		l.report(letter.Source(), err, !reported)
		reported = true
		pause.For(l.ctx, letterBackoff.wait(attempt))
	}
	return false
}

// slowLetter is how long a dead-letter topic may take for a letter before that is reported.
const slowLetter = 10 * time.Second

// produce writes a letter, and says whether it has reported that it is late: a producer tries again by itself for as long
// as it takes, and says nothing of what brokers answer. reported: something was reported of the letter before.
func (l *DeadLetters) produce(to DeadLetterWriter, letter message.DeadLetter, reported bool) (late bool, err error) {
	done := make(chan struct{})
	timer := time.AfterFunc(slowLetter, func() {
		defer close(done)
		l.report(letter.Source(), fmt.Errorf("the topic has not acknowledged it for %s; what brokers answer is in the log", slowLetter), !reported)
	})
	if err = to.Write(l.ctx, letter); timer.Stop() {
		return false, err
	}
	<-done
	return true, err
}

// hand gives a letter to a lane, as the message that its destination needs.
func (l *DeadLetters) hand(d *Delivery, letter message.DeadLetter, lane *Lane) bool {
	d.Message, d.letter, d.attempts = message.LetterMessage(letter, d.Origin, d.Resend, d.Message.CorrelationID, lane.opts.Destination), letter.Reason, 0
	d.suspicion, d.asked = nil, time.Time{} // what they tell of is another destination
	return lane.Add([]*Delivery{d}, time.Now())
}

// report says that a letter is refused or late; first, whether it is for the first time.
func (l *DeadLetters) report(source string, err error, first bool) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if first {
		l.refused++
	}
	which := "the dead letter of " + source + " is not written and its record waits"
	if l.refused > 1 {
		which = fmt.Sprintf("%d dead letters are not written and their records wait, such as that of %s", l.refused, source)
	}
	l.observe.Report(lettersKey, which+": "+err.Error())
}

// resolve ends what was reported of a letter; with the last of them end says how, to Health.
func (l *DeadLetters) resolve(end func(key string)) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.refused--; l.refused == 0 {
		end(lettersKey)
	}
}
