package delivery

import (
	"container/heap"
	"time"

	"github.com/sluice-bridge/sluice/internal/ring"
)

// queue holds what a lane has still to send and says what may go next. The lane's lock guards it.
// A delivery that was taken comes back by exactly one of done and again, in the order of the
// Request it was in.
type queue interface {
	// Push adds a delivery at the end.
	push(*Delivery)
	// ready returns how many deliveries may be sent now.
	ready() int
	// oldest returns the delivery that would be taken next; only when ready is above zero.
	oldest() *Delivery
	// take appends to batch what the next request carries: at most entries deliveries of at most
	// bytes in sum, but one at least. Only when ready is above zero.
	take(batch []*Delivery, entries, bytes int) []*Delivery
	// done says that a taken delivery needs no further send.
	done(*Delivery)
	// Again puts a taken delivery back before everything that came after it, to be sent from
	// d.due on.
	again(*Delivery)
	// advance makes ready what is due, and returns when the next one is; zero when none waits.
	advance(now time.Time) time.Time
	// aside returns when the next delivery is due that is to be sent alone, past times included; zero
	// when there is none. Such are neither ready nor taken with others.
	aside() time.Time
	// takeAside takes the one whose time aside tells, which then comes back as those of a request do. It
	// may be nil, where an end of an assignment has left nothing of it.
	takeAside() *Delivery
	// heldAside calls f for every queued delivery that was refused alone, and for those that may not
	// overtake it.
	heldAside(f func(*Delivery))
	// Rotate lets others go first: it puts the next n, or so many message groups, behind all that is ready.
	rotate(n int)
	// hasten has what waits for a retry wait no longer than until t; what is to be sent alone does not
	// count.
	hasten(t time.Time)
	// Size returns how many deliveries are queued, waiting ones included, taken ones not.
	size() int
	// each calls f for every queued delivery, those of a message group in their order.
	each(f func(*Delivery))
	// Sweep removes and returns the queued deliveries whose assignment has ended.
	sweep() []*Delivery
}

// plainQueue is the queue of a standard destination: no order, so retries wait on their own.
type plainQueue struct {
	items   ring.Buffer[*Delivery]
	waiting dueHeap[*Delivery]
	lone    dueHeap[*Delivery] // to be sent alone
}

func (q *plainQueue) push(d *Delivery)  { q.items.Push(d) }
func (q *plainQueue) ready() int        { return q.items.Len() }
func (q *plainQueue) oldest() *Delivery { return *q.items.At(0) }
func (q *plainQueue) size() int         { return q.items.Len() + q.waiting.Len() + q.lone.Len() }
func (q *plainQueue) done(*Delivery)    {}

func (q *plainQueue) again(d *Delivery) {
	if d.alone() {
		q.lone.add(d.due, d)
	} else {
		q.waiting.add(d.due, d)
	}
}

func (q *plainQueue) take(batch []*Delivery, entries, bytes int) []*Delivery {
	sum := 0
	for q.items.Len() > 0 && len(batch) < entries {
		if sum += q.oldest().Message.Size; sum > bytes && len(batch) > 0 {
			break
		}
		batch = append(batch, q.items.Pop())
	}
	return batch
}

func (q *plainQueue) advance(now time.Time) time.Time {
	return q.waiting.advance(now, q.items.PushFront)
}

func (q *plainQueue) hasten(t time.Time) { q.waiting.hasten(t) }

func (q *plainQueue) aside() time.Time     { return q.lone.first() }
func (q *plainQueue) takeAside() *Delivery { return q.lone.next() }

func (q *plainQueue) heldAside(f func(*Delivery)) {
	for _, w := range q.lone {
		if w.item.refusals() > 0 {
			f(w.item)
		}
	}
}

func (q *plainQueue) rotate(n int) {
	q.items.Rotate(n)
}

func (q *plainQueue) each(f func(*Delivery)) {
	for i := range q.items.Len() {
		f(*q.items.At(i))
	}
	for _, w := range q.waiting {
		f(w.item)
	}
	for _, w := range q.lone {
		f(w.item)
	}
}

func (q *plainQueue) sweep() []*Delivery {
	var gone sweeper
	q.items.Filter(gone.keep)
	q.waiting.filter(gone.keep)
	q.lone.filter(gone.keep)
	return gone
}

// sweeper collects the deliveries whose assignment has ended.
type sweeper []*Delivery

func (s *sweeper) keep(d *Delivery) bool {
	if d.Ack.Closed() {
		*s = append(*s, d)
		return false
	}
	return true
}

// dueItem is something that waits for a time.
type dueItem[T any] struct {
	due  time.Time
	item T
}

// dueHeap is a container/heap by due time.
type dueHeap[T any] []dueItem[T]

func (h dueHeap[T]) Len() int           { return len(h) }
func (h dueHeap[T]) Less(i, j int) bool { return h[i].due.Before(h[j].due) }
func (h dueHeap[T]) Swap(i, j int)      { h[i], h[j] = h[j], h[i] }
func (h *dueHeap[T]) Push(x any)        { *h = append(*h, x.(dueItem[T])) }
func (h *dueHeap[T]) Pop() any {
	old := *h
	n := len(old) - 1
	x := old[n]
	old[n] = dueItem[T]{}
	*h = old[:n]
	return x
}

func (h *dueHeap[T]) add(due time.Time, item T) { heap.Push(h, dueItem[T]{due, item}) }

// first returns when the first is due; zero when there is none.
func (h dueHeap[T]) first() time.Time {
	if len(h) == 0 {
		return time.Time{}
	}
	return h[0].due
}

// next removes and returns the first, of which there has to be one.
func (h *dueHeap[T]) next() T { return heap.Pop(h).(dueItem[T]).item }

// advance hands over what is due and returns when the next one is; zero when none is left.
func (h *dueHeap[T]) advance(now time.Time, due func(T)) time.Time {
	for len(*h) > 0 {
		if first := (*h)[0]; first.due.After(now) {
			return first.due
		}
		due(h.next())
	}
	return time.Time{}
}

// hasten keeps the order of the heap: what was due before stays so, and the rest is due together.
func (h dueHeap[T]) hasten(t time.Time) {
	for i := range h {
		if h[i].due.After(t) {
			h[i].due = t
		}
	}
}

func (h *dueHeap[T]) filter(keep func(T) bool) {
	kept := (*h)[:0]
	for _, it := range *h {
		if keep(it.item) {
			kept = append(kept, it)
		}
	}
	clear((*h)[len(kept):])
	*h = kept
	heap.Init(h)
}
