package fake

import (
	"context"
	"fmt"
	"math/rand/v2"
	"slices"
	"sync"
	"time"
)

// Fault is a way to misbehave and when to. The zero value of each condition
// matches everything, and all conditions have to hold.
type Fault struct {
	// Service, Action and Target (the name of a queue, topic or role) select
	// requests.
	Service Service
	Action  string
	Target  string
	// When selects by message. A request without a matching message is left alone;
	// effects on entries touch the matching ones only, effects on the call need one
	// entry that matches.
	When func(Entry) bool
	// Above selects requests with a body longer than so many bytes, as a proxy with a limit does.
	Above int
	// Skip lets the first matching requests pass, Count ends the fault after so
	// many hits; 0 is no limit. Both count after Probability was drawn.
	Skip, Count int
	// Probability of a hit, drawn for each request from a source seeded with Seed;
	// 0 means always.
	Probability float64
	// EntryProbability, unless 0, is drawn for each message that matches: effects on
	// entries touch those that are drawn, and a request without one is left alone.
	EntryProbability float64
	Seed             uint64
	// Touched, unless nil, is told of each message that the fault is about to touch: all of the request where
	// the effect is on the call. It must not call back into the endpoint.
	Touched func(Entry)
	// Effect is what happens.
	Effect Effect
}

// Entry is a message of a request as a fault's condition sees it.
type Entry struct {
	ID, Body                 string
	GroupID, DeduplicationID string
	Attributes               map[string]Attribute
}

// Effect is what a fault does. Its parts combine, in this order: Gate, Latency,
// the entries' effects, Store, and one kind of answer.
type Effect struct {
	// Gate holds the request until the channel is closed, before anything is
	// stored. A request whose client leaves meanwhile stores nothing.
	Gate <-chan struct{}
	// Latency delays the request before anything is stored, like Gate.
	Latency time.Duration

	// FailEntry puts the entry into the Failed list, DropEntry leaves it out of
	// both lists. Neither stores the entry, unless Store is set.
	FailEntry *EntryFailure
	DropEntry bool

	// Store has the request take its effect although the answer tells otherwise.
	// Without it, a request whose answer is replaced has no effect at all.
	Store bool

	// At most one of the following replaces the answer.

	// Answer is a call-level error, in the words of each service.
	Answer *Answer
	// HTTP is an answer that does not come from the service at all.
	HTTP *HTTPAnswer
	// Silence never answers: the connection is held until the client leaves.
	Silence bool
	// Reset closes the connection with a TCP reset.
	Reset bool
	// Truncate breaks off in the middle of the answer; the request takes its
	// effect, as for Store.
	Truncate bool
}

// EntryFailure is a member of a Failed list.
type EntryFailure struct {
	Code        string
	Message     string
	SenderFault bool
}

// Answer is a call-level error as each service words it.
type Answer struct {
	SQS, SNS, STS Error
}

func (a *Answer) of(s Service) *Error {
	e := map[Service]Error{SQS: a.SQS, SNS: a.SNS, STS: a.STS}[s]
	if e.Code == "" {
		e = a.SQS
	}
	return &e
}

// HTTPAnswer is a bare HTTP answer, as a proxy or load balancer gives it.
type HTTPAnswer struct {
	Status            int
	ContentType, Body string
	Header            map[string]string
}

// replaces says whether the effect takes the place of the real answer.
func (e *Effect) replaces() bool {
	return e.Answer != nil || e.HTTP != nil || e.Silence || e.Reset
}

// Handle is a fault in force.
type Handle struct {
	fault  Fault
	faults *faults
	random *rand.Rand

	mu      sync.Mutex
	skipped int
	hits    int
	changed signal
}

// Inject puts a fault in force. Of several that match a request, the one injected
// first wins.
func (a *AWS) Inject(f Fault) *Handle {
	h := &Handle{fault: f, faults: &a.faults, random: rand.New(rand.NewPCG(f.Seed, 1))}
	a.faults.mu.Lock()
	defer a.faults.mu.Unlock()
	a.faults.active = append(slices.Clone(a.faults.active), h)
	return h
}

// Remove ends the fault. Requests that it holds stay held.
func (h *Handle) Remove() {
	h.faults.mu.Lock()
	defer h.faults.mu.Unlock()
	h.faults.active = slices.DeleteFunc(slices.Clone(h.faults.active), func(o *Handle) bool { return o == h })
}

// Hits is how many requests the fault has touched.
func (h *Handle) Hits() int {
	h.mu.Lock()
	defer h.mu.Unlock()
	return h.hits
}

// WaitHits blocks until the fault has touched n requests, or ctx ends.
func (h *Handle) WaitHits(ctx context.Context, n int) error {
	err := h.changed.await(ctx, &h.mu, func() bool { return h.hits >= n })
	if err != nil {
		return fmt.Errorf("waiting for %d hits of a fault, have %d: %w", n, h.Hits(), err)
	}
	return nil
}

// faults are those in force. The slice is replaced, never changed.
type faults struct {
	mu     sync.RWMutex
	active []*Handle
}

// plan returns the effect on a request, nil when there is none, and which entries
// it touches.
func (f *faults) plan(c *call) (*Effect, []bool) {
	f.mu.RLock()
	active := f.active
	f.mu.RUnlock()
	for _, h := range active {
		if touched, ok := h.match(c); ok && h.draw() {
			h.tell(c, touched)
			return &h.fault.Effect, touched
		}
	}
	return nil, nil
}

func (h *Handle) match(c *call) ([]bool, bool) {
	f := &h.fault
	if f.Service != "" && f.Service != c.service || f.Action != "" && f.Action != c.action ||
		f.Target != "" && f.Target != c.target || f.Above > 0 && c.size <= f.Above {
		return nil, false
	}
	touched := make([]bool, len(c.send.entries))
	hit := false
	for i := range c.send.entries {
		touched[i] = (f.When == nil || f.When(c.send.entries[i].view())) && h.drawEntry()
		hit = hit || touched[i]
	}
	return touched, hit || f.When == nil && f.EntryProbability == 0
}

func (h *Handle) tell(c *call, touched []bool) {
	if h.fault.Touched == nil {
		return
	}
	call := h.fault.Effect.FailEntry == nil && !h.fault.Effect.DropEntry
	for i := range touched {
		if call || touched[i] {
			h.fault.Touched(c.send.entries[i].view())
		}
	}
}

func (h *Handle) drawEntry() bool {
	if h.fault.EntryProbability == 0 {
		return true
	}
	h.mu.Lock()
	defer h.mu.Unlock()
	return h.random.Float64() < h.fault.EntryProbability
}

func (h *Handle) draw() bool {
	h.mu.Lock()
	defer h.mu.Unlock()
	f := &h.fault
	switch {
	case f.Count > 0 && h.hits >= f.Count:
		return false
	case f.Probability > 0 && h.random.Float64() >= f.Probability:
		return false
	case h.skipped < f.Skip:
		h.skipped++
		return false
	}
	h.hits++
	h.changed.fire()
	return true
}

func (e *entry) view() Entry {
	return Entry{ID: string(e.id), Body: string(e.body), GroupID: string(e.group),
		DeduplicationID: string(e.dedup), Attributes: e.attributes()}
}
