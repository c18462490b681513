package delivery

import (
	"fmt"
	"slices"
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/sluice-bridge/sluice/bridge/offsets"
	"github.com/sluice-bridge/sluice/quota"
)

// queueModel is what a queue has to do, told as plainly as it can be.
type queueModel struct {
	q          queue
	perRequest int // 0: no groups
	now        time.Time
	parts      []*offsets.Tracker
	next       int

	queued map[*Delivery]bool // in the queue
	out    [][]*Delivery      // taken, by request
	gone   map[*Delivery]bool // done or swept
	order  map[string][]*Delivery
}

func (m *queueModel) push(t *rapid.T) {
	d := &Delivery{Ack: rapid.SampledFrom(m.parts).Draw(t, "partition"), Seq: uint64(m.next)}
	d.Message.Size = rapid.IntRange(1, 6).Draw(t, "size")
	if m.perRequest > 0 {
		d.Message.GroupID = rapid.SampledFrom([]string{"a", "b", "c", "d"}).Draw(t, "group")
	}
	m.next++
	m.q.push(d)
	m.queued[d] = true
	m.order[d.Message.GroupID] = append(m.order[d.Message.GroupID], d)
}

func (m *queueModel) take(t *rapid.T) {
	if m.q.ready() == 0 {
		t.Skip("nothing is ready")
	}
	entries, bytes := rapid.IntRange(1, 10).Draw(t, "entries"), rapid.IntRange(1, 20).Draw(t, "bytes")
	ready, oldest := m.q.ready(), m.q.oldest()
	m.took(t, m.q.take(nil, entries, bytes), entries, bytes, ready, oldest)
}

// takeAside takes what is to be sent alone.
func (m *queueModel) takeAside(t *rapid.T) {
	due := m.q.aside()
	if due.IsZero() || due.After(m.now) {
		t.Skip("nothing is due")
	}
	if d := m.q.takeAside(); d != nil {
		if !d.alone() {
			t.Fatalf("%d is not to be sent alone", d.Seq)
		}
		m.took(t, []*Delivery{d}, 1, 0, 1, d)
	}
}

func (m *queueModel) took(t *rapid.T, batch []*Delivery, entries, bytes, ready int, oldest *Delivery) {
	if len(batch) == 0 || batch[0] != oldest || len(batch) > min(entries, ready) {
		t.Fatalf("took %d of %d, %d ready", len(batch), entries, ready)
	}
	sum, of := 0, map[string]int{}
	for _, d := range batch {
		if !m.queued[d] {
			t.Fatalf("took %d, which is not queued", d.Seq)
		}
		delete(m.queued, d)
		if d.due.After(m.now) {
			t.Fatalf("took %d before it is due", d.Seq)
		}
		if d.alone() && bytes > 0 {
			t.Fatalf("took %d with others", d.Seq)
		}
		sum += d.Message.Size
		of[d.Message.GroupID]++
	}
	if sum > bytes && len(batch) > 1 {
		t.Fatalf("%d bytes of %d", sum, bytes)
	}
	if m.perRequest > 0 {
		m.checkGroups(t, batch, of)
	}
	m.out = append(m.out, batch)
}

// checkGroups checks what a request takes of each group: its first messages, and none while others
// of it are out.
func (m *queueModel) checkGroups(t *rapid.T, batch []*Delivery, of map[string]int) {
	for _, r := range m.out {
		for _, d := range r {
			if of[d.Message.GroupID] > 0 {
				t.Fatalf("group %s is out twice", d.Message.GroupID)
			}
		}
	}
	for g, n := range of {
		if n > m.perRequest {
			t.Fatalf("%d of group %s", n, g)
		}
		var mine, first []*Delivery
		for _, d := range batch {
			if d.Message.GroupID == g {
				mine = append(mine, d)
			}
		}
		for _, d := range m.order[g] {
			if !m.gone[d] && len(first) < n {
				first = append(first, d)
			}
		}
		if !slices.Equal(mine, first) {
			t.Fatalf("group %s out of order", g)
		}
	}
}

// answer brings a request back: each of its deliveries is done, or is to be sent again.
func (m *queueModel) answer(t *rapid.T) {
	if len(m.out) == 0 {
		t.Skip("nothing is out")
	}
	i := rapid.IntRange(0, len(m.out)-1).Draw(t, "request")
	for _, d := range m.out[i] {
		if rapid.Bool().Draw(t, "accepted") {
			m.gone[d] = true
			m.q.done(d)
			continue
		}
		d.due = m.now.Add(time.Duration(rapid.IntRange(0, 3).Draw(t, "wait")) * time.Second)
		if rapid.IntRange(0, 3).Draw(t, "alone") == 0 {
			d.suspect()
			d.suspicion.refusals = rapid.IntRange(0, 1).Draw(t, "refusals")
		}
		m.queued[d] = true
		m.q.again(d)
	}
	m.out = slices.Delete(m.out, i, i+1)
}

func (m *queueModel) sweep(t *rapid.T) {
	i := rapid.IntRange(0, len(m.parts)-1).Draw(t, "partition")
	m.parts[i].Close()
	m.parts[i] = offsets.NewTracker("t", 0, offsets.TopicIdentity{}, offsets.NewWindow(1, 1))
	for _, d := range m.q.sweep() {
		if !m.queued[d] || !d.Ack.Closed() {
			t.Fatalf("swept %d: queued %v, closed %v", d.Seq, m.queued[d], d.Ack.Closed())
		}
		delete(m.queued, d)
		m.gone[d] = true
	}
	for d := range m.queued {
		if d.Ack.Closed() && m.perRequest == 0 {
			t.Fatalf("%d is left", d.Seq)
		}
	}
}

func (m *queueModel) pass(t *rapid.T) {
	m.now = m.now.Add(time.Duration(rapid.IntRange(1, 2).Draw(t, "seconds")) * time.Second)
	next := m.q.advance(m.now)
	if !next.IsZero() && !next.After(m.now) {
		t.Fatal("due, and not made ready")
	}
}

func (m *queueModel) check(t *rapid.T) {
	if m.q.size() != len(m.queued) {
		t.Fatalf("size %d, want %d", m.q.size(), len(m.queued))
	}
	if m.q.ready() > m.q.size() {
		t.Fatalf("%d ready of %d", m.q.ready(), m.q.size())
	}
	seen := map[*Delivery]bool{}
	m.q.each(func(d *Delivery) {
		if seen[d] || !m.queued[d] {
			t.Fatalf("each gave %d: twice %v", d.Seq, seen[d])
		}
		seen[d] = true
	})
	if len(seen) != len(m.queued) {
		t.Fatalf("each gave %d of %d", len(seen), len(m.queued))
	}
	m.checkAside(t)
}

// checkAside checks that what is held aside is queued, and that what was refused, with nothing before it
// in its group and nothing of that out, is held aside.
func (m *queueModel) checkAside(t *rapid.T) {
	held := map[*Delivery]bool{}
	m.q.heldAside(func(d *Delivery) {
		if held[d] || !m.queued[d] {
			t.Fatalf("%d is held aside: twice %v", d.Seq, held[d])
		}
		held[d] = true
	})
	for d := range m.queued {
		if d.refusals() > 0 && !d.Ack.Closed() && !held[d] && (m.perRequest == 0 || m.leads(d)) {
			t.Fatalf("%d was refused and is not held aside", d.Seq)
		}
	}
}

// leads says whether a delivery is the first of its group that is not gone, and none of it is out.
func (m *queueModel) leads(d *Delivery) bool {
	of := m.order[d.Message.GroupID]
	i := slices.IndexFunc(of, func(d *Delivery) bool { return !m.gone[d] })
	out := slices.ContainsFunc(of, func(d *Delivery) bool { return !m.gone[d] && !m.queued[d] })
	return of[i] == d && !out
}

func (m *queueModel) rotate(t *rapid.T) {
	ready := m.q.ready()
	m.q.rotate(rapid.IntRange(1, 20).Draw(t, "rotated"))
	if m.q.ready() != ready {
		t.Fatalf("%d ready, and %d when others were let go first", ready, m.q.ready())
	}
}

// nextDue takes what goes next when all is due, alone or with others.
func (m *queueModel) nextDue() []*Delivery {
	for {
		m.q.advance(m.now)
		switch {
		case m.q.ready() > 0:
			return m.q.take(nil, 10, 1<<30)
		case m.q.aside().IsZero():
			return nil
		}
		if d := m.q.takeAside(); d != nil {
			return []*Delivery{d}
		}
	}
}

// empty answers everything and takes what is left: nothing may be stuck or lost.
func (m *queueModel) empty(t *rapid.T) {
	m.now = m.now.Add(time.Hour)
	for {
		for _, r := range m.out {
			for _, d := range r {
				m.gone[d] = true
				m.q.done(d)
			}
		}
		m.out = nil
		batch := m.nextDue()
		if batch == nil {
			break
		}
		for _, d := range batch {
			delete(m.queued, d)
		}
		m.out = [][]*Delivery{batch}
	}
	if m.q.size() != 0 || len(m.gone) != m.next {
		t.Fatalf("%d stuck; %d of %d came through", m.q.size(), len(m.gone), m.next)
	}
	if g, ok := m.q.(*groupQueue); ok && len(g.groups) != 0 {
		t.Fatalf("%d groups are kept for nothing", len(g.groups))
	}
}

// Through any pushes, takes, failures, waits and ends of assignments a queue keeps to its contract.
func TestQueueKeepsToItsContract(t *testing.T) {
	for _, perRequest := range []int{0, 1, 3, quota.Entries} {
		t.Run(fmt.Sprint(perRequest, " of a group"), func(t *testing.T) {
			rapid.Check(t, func(t *rapid.T) {
				m := &queueModel{q: newGroupQueue(perRequest), perRequest: perRequest, now: time.Unix(1000, 0),
					queued: map[*Delivery]bool{}, gone: map[*Delivery]bool{}, order: map[string][]*Delivery{}}
				if perRequest == 0 {
					m.q = &plainQueue{}
				}
				for range 3 {
					m.parts = append(m.parts, offsets.NewTracker("t", 0, offsets.TopicIdentity{}, offsets.NewWindow(1, 1)))
				}
				t.Repeat(map[string]func(*rapid.T){
					"push": m.push, "push again": m.push, "take": m.take, "take aside": m.takeAside, "rotate": m.rotate, "answer": m.answer, "sweep": m.sweep, "pass": m.pass, "": m.check,
				})
				m.empty(t)
			})
		})
	}
}
