package fake

import (
	"strings"
	"sync"
	"sync/atomic"
	"time"
)

// Queue is an SQS queue. Its methods may be called at any time, also after the
// queue was deleted.
type Queue struct {
	journal

	// Name, URL and ARN identify it. FIFO tells its type.
	Name, URL, ARN string
	FIFO           bool

	// Traffic is what was asked of the queue.
	*Traffic

	a        *AWS
	created  time.Time
	settings atomic.Pointer[queueSettings]

	mu       sync.Mutex
	deleted  bool
	store    *store
	dedup    *dedup
	sequence uint64
	changed  signal // something may have become receivable
}

func newQueue(a *AWS, name string, retain Retain, t *Traffic) *Queue {
	q := &Queue{
		Name: name, FIFO: strings.HasSuffix(name, ".fifo"),
		URL:     a.URL + "/" + a.Account + "/" + name,
		ARN:     "arn:aws:sqs:" + a.Region + ":" + a.Account + ":" + name,
		Traffic: t,
		a:       a, dedup: newDedup(),
	}
	q.journal.retain = retain
	q.store = newStore(q.FIFO)
	q.settings.Store(defaultSettings())
	return q
}

func (q *Queue) maximumMessageSize() int { return q.settings.Load().maxSize }
func (q *Queue) contentDedup() bool      { return q.settings.Load().contentDedup }

// result is the outcome of one entry of a send.
type result struct {
	failed  *failure
	dropped bool // in neither list of the answer
	id      messageID
	seq     uint64
}

// accept stores the entries in order, as one step towards other senders and
// consumers, and writes their outcome into results. Entries whose result already
// says that they failed or are dropped are passed over.
func (q *Queue) accept(entries []entry, results []result) *Error {
	now := q.a.now()
	keep := q.wants()
	q.mu.Lock()
	defer q.mu.Unlock()
	if q.deleted {
		return sqsQueueMissing()
	}
	for i := range entries {
		if results[i].failed == nil && !results[i].dropped {
			results[i].id, results[i].seq = q.put(&entries[i], now, keep)
		}
	}
	q.changed.fire()
	return nil
}

func (q *Queue) put(e *entry, now time.Time, keep bool) (messageID, uint64) {
	s := q.settings.Load()
	var key [2]uint64
	if q.FIFO {
		if !e.hasDedup {
			e.dedup = contentID(e.body)
		}
		key = q.dedup.key(e.dedup, e.group, s.dedupPerGroup)
		if o, ok := q.dedup.find(key, now); ok {
			q.journal.arrivedAgain(o.journal)
			return o.id, o.seq
		}
		q.sequence++
	}
	q.a.accepted(q.Name, e)
	id := q.a.ids.new()
	if q.FIFO {
		q.dedup.remember(key, original{id: id, seq: q.sequence, journal: q.journal.position()}, now)
	}
	if !e.hasDelay {
		e.delay = s.delay
	}
	if !keep {
		q.journal.record(nil, e.size())
		return id, q.sequence
	}
	m := e.message()
	m.ID, m.SentAt = string(id[:]), now
	if q.FIFO {
		m.Sequence = sequenceNumber(q.sequence)
	}
	q.journal.record(m, e.size())
	if q.retain == RetainAll {
		q.store.add(&stored{Message: m, visibleAt: now.Add(m.Delay)}, now)
	}
	return id, q.sequence
}

// close ends the queue: sends that found it in time are refused.
func (q *Queue) close() {
	q.mu.Lock()
	defer q.mu.Unlock()
	q.deleted = true
	q.changed.fire()
}

// purge drops everything that consumers could receive.
func (q *Queue) purge() {
	q.mu.Lock()
	defer q.mu.Unlock()
	q.store = newStore(q.FIFO)
}

// Depth returns the approximate numbers that the queue's attributes tell:
// receivable, in flight and delayed messages.
func (q *Queue) Depth() (visible, inFlight, delayed int) {
	now := q.a.now()
	q.mu.Lock()
	defer q.mu.Unlock()
	q.store.expire(now)
	return q.store.depth()
}
