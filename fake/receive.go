package fake

import (
	"context"
	"encoding/base64"
	"fmt"
	"strconv"
	"strings"
	"time"
)

const (
	maxVisibility = 43200 // seconds
	maxWait       = 20    // seconds
)

// delivery is one message handed to a consumer.
type delivery struct {
	Message
	handle        string
	firstReceived time.Time
}

// receive takes up to limit messages, waiting up to wait for the first. It
// returns early and empty when ctx or the endpoint ends.
func (q *Queue) receive(ctx context.Context, limit int, visibility, wait time.Duration) []delivery {
	deadline := time.NewTimer(wait)
	defer deadline.Stop()
	for {
		got, changed, due := q.takeNow(limit, visibility)
		if len(got) > 0 || wait <= 0 {
			return got
		}
		var dueC <-chan time.Time
		var dueT *time.Timer
		if due > 0 {
			dueT = time.NewTimer(due)
			dueC = dueT.C
		}
		over := false
		select {
		case <-changed:
		case <-dueC:
		case <-deadline.C:
			over = true
		case <-ctx.Done():
			over = true
		}
		if dueT != nil {
			dueT.Stop()
		}
		if over {
			return nil
		}
	}
}

// takeNow takes what is there. It also returns what to wait for when there is
// nothing: a change, or the time until a delay or timeout ends.
func (q *Queue) takeNow(limit int, visibility time.Duration) ([]delivery, <-chan struct{}, time.Duration) {
	now := q.a.now()
	s := q.settings.Load()
	var got []delivery
	var dead []Message
	q.mu.Lock()
	q.store.expire(now)
	for len(got) < limit {
		m := q.store.take(now.Add(visibility), now)
		if m == nil {
			break
		}
		if s.maxReceive > 0 && m.Receives >= s.maxReceive {
			q.store.remove(m)
			dead = append(dead, *m.Message)
			continue
		}
		q.journal.update(func() { m.Receives++ })
		got = append(got, delivery{*m.Message, handleOf(m), m.firstReceived})
	}
	if o, ok := q.store.order.(*groupOrder); ok {
		o.closeCurrent()
	}
	changed := q.changed.wait()
	due, ok := q.store.due()
	q.mu.Unlock()
	q.bury(dead, s.deadLetterARN)
	if !ok {
		return got, changed, 0
	}
	return got, changed, max(due.Sub(now), time.Millisecond)
}

// bury moves messages that were received too often to the dead-letter queue. They
// keep their id and, unlike a producer's, are never deduplicated.
func (q *Queue) bury(dead []Message, arn string) {
	if len(dead) == 0 {
		return
	}
	target := q.a.queueByARN(arn)
	if target == nil {
		return
	}
	now := q.a.now()
	target.mu.Lock()
	defer target.mu.Unlock()
	for _, d := range dead {
		m := d
		m.Receives = 0
		if target.FIFO {
			target.sequence++
			m.Sequence = sequenceNumber(target.sequence)
		}
		target.journal.record(&m, len(m.Body))
		if target.retain == RetainAll {
			target.store.add(&stored{Message: &m, visibleAt: now}, now)
		}
	}
	target.changed.fire()
}

// handleOf makes a receipt handle: it names the message and this receive of it.
func handleOf(m *stored) string {
	return base64.StdEncoding.EncodeToString([]byte(m.ID + " " + strconv.Itoa(m.Receives)))
}

// find resolves a receipt handle. A message that is gone is nil without an error;
// current is false when the message was received again since.
func (q *Queue) find(handle string) (m *stored, current bool, err *Error) {
	raw, e := base64.StdEncoding.DecodeString(handle)
	id, count, ok := strings.Cut(string(raw), " ")
	n, e2 := strconv.Atoi(count)
	if e != nil || !ok || e2 != nil || len(id) != len(messageID{}) {
		return nil, false, &Error{Type: "ReceiptHandleIsInvalid", Code: "ReceiptHandleIsInvalid",
			Message: fmt.Sprintf("The input receipt handle %q is not a valid receipt handle.", handle), Status: 404}
	}
	m = q.store.received[id]
	if m == nil {
		return nil, false, nil
	}
	return m, m.Receives == n && m.inFlight, nil
}

// deleteMessage deletes by receipt handle. A FIFO queue wants the handle of the
// receive that is still in flight; a standard queue takes any.
func (q *Queue) deleteMessage(handle string) *Error {
	now := q.a.now()
	q.mu.Lock()
	defer q.mu.Unlock()
	q.store.expire(now)
	m, current, err := q.find(handle)
	switch {
	case err != nil:
		return err
	case m == nil:
		return nil
	case q.FIFO && !current:
		return invalidValue("Value %s for parameter ReceiptHandle is invalid. Reason: The receipt handle has expired.", handle)
	}
	q.store.remove(m)
	q.changed.fire()
	return nil
}

func (q *Queue) changeVisibility(handle string, timeout int) *Error {
	if timeout < 0 || timeout > maxVisibility {
		return invalidValue("Value %d for parameter VisibilityTimeout is invalid. Reason: VisibilityTimeout must be >= 0 and <= %d.", timeout, maxVisibility)
	}
	now := q.a.now()
	q.mu.Lock()
	defer q.mu.Unlock()
	q.store.expire(now)
	m, current, err := q.find(handle)
	switch {
	case err != nil:
		return err
	case m == nil, !current:
		return &Error{Type: "MessageNotInflight", Code: "AWS.SimpleQueueService.MessageNotInflight",
			Message: "Value " + handle + " for parameter ReceiptHandle is invalid. Reason: Message does not exist or is not available for visibility timeout change."}
	case timeout == 0:
		q.store.release(m)
	default:
		m.visibleAt = now.Add(time.Duration(timeout) * time.Second)
		q.store.arm(m)
	}
	q.changed.fire()
	return nil
}
