package delivery

import (
	"slices"
	"time"

	"github.com/sluice-bridge/sluice/internal/ring"
)

// groupQueue is the queue of a FIFO destination. A message group is in one request at a time, and
// with at most perRequest of its messages: 1 keeps its order whatever AWS does to single entries;
// more are faster with few groups, but when AWS fails an entry and takes a later one of the
// same group their order is lost, and cannot be repaired.
type groupQueue struct {
	perRequest int
	groups     map[string]*group
	order      ring.Buffer[*group] // groups that may be sent from, the longest waiting first
	waiting    dueHeap[*group]
	lone       dueHeap[*group] // whose next message is to be sent alone
	sendable   int             // deliveries that the groups in order offer
	queued     int             // deliveries in items and back of all groups
}

// group is the messages of one message group id, in partition order.
type group struct {
	id    string
	items ring.Buffer[*Delivery]
	// back are those that were sent and must be again, until all that were out are back.
	back []*Delivery
	out  int // popped and not yet done or again
	left int // how many more the present turn offers
	// parked: in one of the heaps of those that wait for a time. Such a group is not in order.
	parked bool
}

func newGroupQueue(perRequest int) *groupQueue {
	return &groupQueue{perRequest: perRequest, groups: make(map[string]*group)}
}

func (q *groupQueue) push(d *Delivery) {
	g := q.groups[d.Message.GroupID]
	if g == nil {
		g = &group{id: d.Message.GroupID}
		q.groups[g.id] = g
	}
	idle := g.items.Len() == 0 && g.out == 0 && !g.parked
	g.items.Push(d)
	q.queued++
	switch {
	case idle:
		q.offer(g)
	case g.left > 0 && g.left < q.perRequest && g.left == g.items.Len()-1 && g.out == 0:
		g.left++
		q.sendable++
	}
}

// place puts a group, of which nothing is out, where its next message belongs.
func (q *groupQueue) place(g *group) {
	switch {
	case g.items.Len() == 0:
		delete(q.groups, g.id)
	case g.first().alone():
		g.parked = true
		q.lone.add(g.first().due, g)
	default:
		q.offer(g)
	}
}

// offer puts a group with queued messages at the end of the order.
func (q *groupQueue) offer(g *group) {
	g.left = q.turn(g)
	q.sendable += g.left
	q.order.Push(g)
}

// turn returns how many messages of a group may go together.
func (q *groupQueue) turn(g *group) (n int) {
	for n < min(g.items.Len(), q.perRequest) && !(*g.items.At(n)).alone() {
		n++
	}
	return n
}

func (g *group) first() *Delivery { return *g.items.At(0) }

func (q *groupQueue) ready() int        { return q.sendable }
func (q *groupQueue) oldest() *Delivery { return (*q.order.At(0)).first() }

func (q *groupQueue) take(batch []*Delivery, entries, bytes int) []*Delivery {
	sum := 0
	for q.sendable > 0 && len(batch) < entries {
		if sum += q.oldest().Message.Size; sum > bytes && len(batch) > 0 {
			break
		}
		batch = append(batch, q.pop())
	}
	q.endTurn()
	return batch
}

func (q *groupQueue) pop() *Delivery {
	g := *q.order.At(0)
	d := g.items.Pop()
	g.out++
	g.left--
	q.sendable--
	q.queued--
	if g.left == 0 {
		q.order.Pop()
	}
	return d
}

// endTurn ends the turn of a group that the request cut short: the rest of it may not go while
// its first part is out.
func (q *groupQueue) endTurn() {
	if q.order.Len() == 0 {
		return
	}
	if g := *q.order.At(0); g.out > 0 {
		q.sendable -= g.left
		g.left = 0
		q.order.Pop()
	}
}

func (q *groupQueue) done(d *Delivery) {
	g := q.groups[d.Message.GroupID]
	g.out--
	q.settleTurn(g)
}

func (q *groupQueue) again(d *Delivery) {
	g := q.groups[d.Message.GroupID]
	g.out--
	g.back = append(g.back, d)
	q.queued++
	q.settleTurn(g)
}

// settleTurn goes on with a group once nothing of it is out: what came back goes to the front, in
// its order, and the group waits until that is due.
func (q *groupQueue) settleTurn(g *group) {
	if g.out > 0 {
		return
	}
	for _, d := range slices.Backward(g.back) {
		g.items.PushFront(d)
	}
	g.back = g.back[:0]
	due := q.due(g)
	if due.IsZero() {
		q.place(g)
		return
	}
	g.parked = true
	q.waiting.add(due, g)
}

// due returns when the next turn of a group is due; zero for at once, or for what is to be sent alone.
func (q *groupQueue) due(g *group) (due time.Time) {
	for i := range q.turn(g) {
		if d := *g.items.At(i); d.due.After(due) {
			due = d.due
		}
	}
	return due
}

func (q *groupQueue) advance(now time.Time) time.Time {
	return q.waiting.advance(now, func(g *group) {
		g.parked = false
		q.place(g)
	})
}

func (q *groupQueue) aside() time.Time { return q.lone.first() }

func (q *groupQueue) takeAside() *Delivery {
	due := q.lone.first()
	g := q.lone.next()
	// The first may have gone with its assignment.
	switch {
	case g.items.Len() == 0:
		delete(q.groups, g.id)
		return nil
	case !g.first().alone():
		q.waiting.add(q.due(g), g)
		return nil
	case g.first().due.After(due):
		q.lone.add(g.first().due, g)
		return nil
	}
	g.parked = false
	g.out++
	q.queued--
	return g.items.Pop()
}

func (q *groupQueue) heldAside(f func(*Delivery)) {
	for _, g := range q.groups {
		if g.out > 0 || g.items.Len() == 0 || g.first().refusals() == 0 {
			continue
		}
		for i := range g.items.Len() {
			f(*g.items.At(i))
		}
	}
}

func (q *groupQueue) rotate(n int) { q.order.Rotate(n) }

func (q *groupQueue) hasten(t time.Time) { q.waiting.hasten(t) }

func (q *groupQueue) size() int { return q.queued }

func (q *groupQueue) each(f func(*Delivery)) {
	for _, g := range q.groups {
		for _, d := range g.back {
			f(d)
		}
		for i := range g.items.Len() {
			f(*g.items.At(i))
		}
	}
}

func (q *groupQueue) sweep() []*Delivery {
	var gone sweeper
	for _, g := range q.groups {
		g.items.Filter(gone.keep)
	}
	// The turns are counted anew: a group may have nothing left to offer.
	q.sendable = 0
	q.order = ring.Buffer[*group]{}
	for _, g := range q.groups {
		g.left = 0
		if g.out == 0 && !g.parked {
			q.place(g)
		}
	}
	q.queued -= len(gone)
	return gone
}
