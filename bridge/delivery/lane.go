package delivery

import (
	"context"
	"sync"
	"time"

	"go.uber.org/zap"

	"github.com/sluice-bridge/sluice/bridge/delivery/limiter"
	"github.com/sluice-bridge/sluice/bridge/message"
	"github.com/sluice-bridge/sluice/bridge/offsets"
	"github.com/sluice-bridge/sluice/bridge/sink"
	"github.com/sluice-bridge/sluice/telemetry"
)

// LaneOptions say how one destination is sent to.
type LaneOptions struct {
	Destination message.Destination
	// Group is the consumer group of an isolated destination, to tell its lanes from those of the
	// shared group; empty for that.
	Group string
	// Batched lets several messages of a group into one request (FIFO only).
	Batched bool
	// MaxMessages and MaxBytes bound a request below what the service takes; MaxBytes 0: the
	// destination's own limit.
	MaxMessages int
	MaxBytes    int
	// Linger is how long a request that is not full waits for more.
	Linger time.Duration
	// Concurrency is the most requests out at once; the lane adapts below it.
	Concurrency int
	Retry       Retry
	// RequestTimeout bounds one request.
	RequestTimeout time.Duration
	// After are closed when earlier lanes to the same queue or topic have sent all they held, so
	// that the order of a message group outlives a reload. None: no wait.
	After []<-chan struct{}
}

// Lane sends to one destination: it queues deliveries, packs them into requests, holds as many
// requests out as the destination bears, and retries what failed. One lane never waits for
// another.
type Lane struct {
	opts    LaneOptions
	sink    sink.Sink
	letters *DeadLetters
	observe *telemetry.Lane
	health  telemetry.Health
	log     *zap.Logger

	ctx    context.Context // ends the lane
	cancel context.CancelFunc
	out    sync.WaitGroup // goroutines of the lane

	mu        sync.Mutex
	queue     queue
	limits    sink.Limits
	looking   looking
	state     laneState
	failures  failureState
	worked    time.Time // when a request last succeeded
	passed    time.Time // when the latest of those that succeeded was sent
	pardons   int       // times that a message passed which had been refused alone
	together  int       // requests since the last with a message that is sent alone
	recovered time.Time // when the latest lasting failure ended
	limiter   limiter.Limiter
	behind    bool // earlier lanes still hold what is to be sent before
	running   int  // requests out
	sending   int  // deliveries in them
	asked     ages // the same requests, by when they were begun
	pinning   ages // queued deliveries that refer to the fetches that brought them
	flushing  bool // send what is there without waiting for more
	timer     *time.Timer
	armed     time.Time
	idle      chan struct{} // closed when retired and empty; nil before Retire
}

// laneState is whether a lane may send.
type laneState uint8

const (
	// opening: the sink is being opened, again and again until that succeeds.
	opening laneState = iota
	// probing: opened after trouble; one request at a time until one succeeds.
	probing
	// open: sending.
	open
)

// NewLane starts a lane. Its goroutines end with Close.
func NewLane(opts LaneOptions, to sink.Sink, letters *DeadLetters, observer *telemetry.Observer) *Lane {
	ctx, cancel := context.WithCancel(context.Background())
	l := &Lane{
		opts:    opts,
		sink:    to,
		letters: letters,
		observe: observer.Lane(opts.Destination.Name),
		health:  observer,
		log:     observer.Log.With(zap.String("destination", opts.Destination.Name)),
		ctx:     ctx,
		cancel:  cancel,
		limiter: limiter.New(opts.Concurrency),
		behind:  len(opts.After) > 0,
	}
	switch {
	case !opts.Destination.FIFO:
		l.queue = &plainQueue{}
	case opts.Batched:
		l.queue = newGroupQueue(opts.MaxMessages)
	default:
		l.queue = newGroupQueue(1)
	}
	l.timer = time.AfterFunc(time.Hour, l.wake)
	l.timer.Stop()
	l.observe.Allowed(l.limiter.Limit)
	l.out.Add(1)
	go l.open(0)
	return l
}

// Add queues deliveries; it never blocks on the destination. It refuses, and keeps nothing, after
// Retire and Close.
func (l *Lane) Add(batch []*Delivery, now time.Time) bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.idle != nil || l.ctx.Err() != nil {
		return false
	}
	// What will not leave at once must not hold on to Kafka's fetch buffers.
	backlog := 4 * l.opts.MaxMessages * l.limiter.Allowed()
	slow := l.state != open || l.asked.stale(now)
	for _, d := range batch {
		d.entered = now
		if slow || l.queue.size() >= backlog {
			d.own()
		}
		if !d.owned {
			d.age = l.pinning.begin(now)
		}
		l.queue.push(d)
	}
	l.kick(now)
	return true
}

// Flush sends what is queued without waiting for requests to fill.
func (l *Lane) Flush() {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.flushing = true
	l.kick(time.Now())
}

// Sweep throws away what is queued of assignments that have ended.
func (l *Lane) Sweep() {
	l.mu.Lock()
	defer l.mu.Unlock()
	for _, d := range l.queue.sweep() {
		l.unqueued(d)
		l.discard(d)
	}
	l.kick(time.Now())
}

// Close ends the lane: requests that are out are cut off, what is queued is never sent.
func (l *Lane) Close() {
	l.mu.Lock()
	l.cancel() // under the lock: no goroutine starts after it
	l.timer.Stop()
	l.mu.Unlock()
	l.out.Wait()
	l.mu.Lock()
	l.queue.each(l.letters.gone)
	l.mu.Unlock()
	l.sink.Close()
	l.health.Drop(l.key())
}

// Stranded returns how many deliveries of each assignment are queued behind a destination that is
// broken, or behind a message that is refused alone; none where that is not so.
func (l *Lane) Stranded() map[offsets.Ack]int {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.behind {
		return nil
	}
	var waiting map[offsets.Ack]int
	count := func(d *Delivery) {
		if waiting == nil {
			waiting = map[offsets.Ack]int{}
		}
		waiting[d.Ack]++
	}
	if l.state == opening {
		l.queue.each(count)
	} else {
		l.queue.heldAside(count)
	}
	return waiting
}

// shut says whether nothing is sent before the destination can be opened.
func (l *Lane) shut() bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.state == opening && !l.behind
}

// lately is how long ago a lane may have sent and still be taken for one that is to get more.
const lately = time.Second

// Backlog returns how many deliveries could leave at once if more requests were allowed, and whether
// the lane, which has been sending lately, could send more than it has.
func (l *Lane) Backlog(now time.Time) (ready int, starving bool) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.state != open {
		return 0, false
	}
	ready = l.queue.ready()
	return ready, ready < l.opts.MaxMessages && l.running < l.allowed() && now.Sub(l.worked) < lately
}

// wake is called by the timer.
func (l *Lane) wake() {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.armed = time.Time{}
	l.kick(time.Now())
}

// kick starts as many requests as are due and allowed. Called with mu held.
func (l *Lane) kick(now time.Time) {
	if l.pinning.stale(now) || l.asked.stale(now) && l.pinning.any() {
		l.ownAll()
	}
	for {
		r := requests.Get().(*request)
		if !l.next(r, now) {
			requests.Put(r)
			break
		}
		l.out.Add(1)
		go l.work(r)
	}
	if l.running > 0 || l.queue.size() > 0 {
		return
	}
	if l.state != opening {
		l.resolve(l.health.Drop) // nothing waits, and there is nothing to probe with
	}
	if l.idle != nil && !l.behind {
		select {
		case <-l.idle:
		default:
			close(l.idle)
		}
	}
}

// next takes what the next request carries, or returns false where none is due or allowed, with the timer set for
// when one will be. Called with mu held.
func (l *Lane) next(r *request, now time.Time) bool {
	waiting := l.queue.advance(now)
	for l.state != opening && l.running < l.allowed() && l.ctx.Err() == nil {
		ready := l.queue.ready()
		alone := l.aside(now, ready)
		if ready == 0 && !alone {
			// What waits behind a message of its group, or for a retry, is to be flushed as well.
			l.flushing = l.flushing && (l.idle != nil || l.queue.size() > 0)
			break
		}
		if at := l.limiter.Next; at.After(now) {
			waiting = earlier(waiting, at)
			break
		}
		if full := ready >= l.opts.MaxMessages; !alone && !full && !l.flushing {
			oldest := l.queue.oldest()
			if due := oldest.entered.Add(l.opts.Linger); oldest.attempts == 0 && due.After(now) {
				waiting = earlier(waiting, due)
				break
			}
		}
		r.next = l.take(r.next[:0], alone)
		for _, d := range r.next {
			l.unqueued(d)
		}
		if r.next = l.screen(r.next, now); len(r.next) > 0 {
			l.running++
			r.next[0].age = l.asked.begin(now)
			l.sending += len(r.next)
			return true
		}
		waiting = earlier(waiting, l.queue.advance(now)) // screen has put something back
	}
	if due := l.queue.aside(); due.After(now) {
		waiting = earlier(waiting, due)
	}
	if l.pinning.any() {
		waiting = earlier(waiting, l.pinning.due())
	}
	l.arm(waiting)
	return false
}

// unqueued notes that a delivery has left the queue. Called with mu held.
func (l *Lane) unqueued(d *Delivery) {
	if !d.owned {
		l.pinning.end(d.age)
	}
}

// ownAll copies all that is queued out of Kafka's fetch buffers. Called with mu held.
func (l *Lane) ownAll() {
	l.queue.each((*Delivery).own)
	l.pinning = ages{}
}

// take appends what the next request carries, from the queue. Called with mu held.
func (l *Lane) take(batch []*Delivery, alone bool) []*Delivery {
	if !alone {
		l.together++
		entries := l.opts.MaxMessages
		if l.state == open && l.failures.reported && l.together%(between+1) == 0 {
			entries = 1 // a message that requests fail for is not to keep all others from being tried
		}
		return l.queue.take(batch, entries, l.maxBytes())
	}
	if d := l.queue.takeAside(); d != nil {
		l.together = 0
		batch = append(batch, d)
	}
	return batch
}

// allowed returns how many requests may be out. Called with mu held.
func (l *Lane) allowed() int {
	if l.state == probing {
		return 1
	}
	return l.limiter.Allowed()
}

func (l *Lane) maxBytes() int {
	if l.opts.MaxBytes > 0 {
		return min(l.opts.MaxBytes, l.limits.MaxBatchBytes)
	}
	return l.limits.MaxBatchBytes
}

// arm sets the timer for t, unless it is to fire sooner. Called with mu held.
func (l *Lane) arm(t time.Time) {
	if t.IsZero() || !l.armed.IsZero() && !t.Before(l.armed) || l.ctx.Err() != nil {
		return
	}
	l.armed = t
	l.timer.Reset(time.Until(t))
}

// key is what the lane is called to Health.
func (l *Lane) key() string {
	key := "destination " + l.opts.Destination.Name
	if l.opts.Group != "" {
		key += " of group " + l.opts.Group
	}
	return key
}

// earlier returns the earlier of two times, where zero is no time.
func earlier(a, b time.Time) time.Time {
	if a.IsZero() || !b.IsZero() && b.Before(a) {
		return b
	}
	return a
}
