package fake

import (
	"context"
	"fmt"
	"sync"
)

// Retain says how much a queue or topic remembers of what it accepted.
type Retain int

const (
	// RetainAll keeps every message, for consumers and for inspection.
	RetainAll Retain = iota
	// RetainIDs keeps the ids of every message but neither body nor attributes.
	// Nothing can be received.
	RetainIDs
	// CountOnly keeps counts and no messages, so that memory stays bounded
	// however many are sent. Nothing can be received. A FIFO queue still
	// remembers five minutes of deduplication ids, at some 60 bytes each.
	CountOnly
)

// journal is what a queue or topic accepted, in arrival order. Receiving and
// deleting do not touch it.
type journal struct {
	retain Retain

	mu       sync.Mutex
	count    int
	bytes    int64
	messages []*Message
	dropped  int // how many were counted before the last Forget
	tap      func(Message)
	changed  signal
}

// Messages returns the messages accepted so far in arrival order, whether or not
// they were received or deleted since. It is empty for CountOnly.
func (j *journal) Messages() []Message {
	j.mu.Lock()
	defer j.mu.Unlock()
	out := make([]Message, len(j.messages))
	for i, m := range j.messages {
		out[i] = *m
	}
	return out
}

// Count is how many messages were accepted; FIFO duplicates do not count.
func (j *journal) Count() int {
	j.mu.Lock()
	defer j.mu.Unlock()
	return j.count
}

// Bytes is the size of the accepted messages as the limits count it.
func (j *journal) Bytes() int64 {
	j.mu.Lock()
	defer j.mu.Unlock()
	return j.bytes
}

// Tap has f called with every message accepted from now on, in arrival order,
// whatever is retained. f must not call back into the endpoint. Nil ends it.
func (j *journal) Tap(f func(Message)) {
	j.mu.Lock()
	defer j.mu.Unlock()
	j.tap = f
}

// Forget drops what Messages and Count tell, and leaves what consumers can
// receive alone.
func (j *journal) Forget() {
	j.mu.Lock()
	defer j.mu.Unlock()
	j.dropped += j.count
	j.count, j.bytes, j.messages = 0, 0, nil
}

// WaitCount blocks until at least n messages were accepted, or ctx ends.
func (j *journal) WaitCount(ctx context.Context, n int) error {
	err := j.changed.await(ctx, &j.mu, func() bool { return j.count >= n })
	if err != nil {
		return fmt.Errorf("waiting for %d messages, have %d: %w", n, j.Count(), err)
	}
	return nil
}

// wants says whether record needs the message itself and not only its size.
func (j *journal) wants() bool {
	if j.retain != CountOnly {
		return true
	}
	j.mu.Lock()
	defer j.mu.Unlock()
	return j.tap != nil
}

// record adds a message; m is nil when wants said no.
func (j *journal) record(m *Message, size int) {
	j.mu.Lock()
	defer j.mu.Unlock()
	j.count++
	j.bytes += int64(size)
	if m != nil {
		if j.tap != nil {
			j.tap(*m)
		}
		switch j.retain {
		case RetainAll:
			j.messages = append(j.messages, m)
		case RetainIDs:
			j.messages = append(j.messages, &Message{ID: m.ID, GroupID: m.GroupID, SentAt: m.SentAt,
				DeduplicationID: m.DeduplicationID, Sequence: m.Sequence, Arrivals: m.Arrivals})
		}
	}
	j.changed.fire()
}

// accepted tells the one who asked in the options.
func (a *AWS) accepted(target string, e *entry) {
	if a.taken != nil {
		a.taken(target, e.body)
	}
}

// update changes a recorded message, which readers may be copying.
func (j *journal) update(f func()) {
	j.mu.Lock()
	defer j.mu.Unlock()
	f()
}

// position is where the next message will stand.
func (j *journal) position() int {
	j.mu.Lock()
	defer j.mu.Unlock()
	return j.dropped + j.count
}

// arrivedAgain counts a duplicate of the message at a position.
func (j *journal) arrivedAgain(position int) {
	j.mu.Lock()
	defer j.mu.Unlock()
	if index := position - j.dropped; index >= 0 && index < len(j.messages) {
		j.messages[index].Arrivals++
	}
}
