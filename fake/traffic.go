package fake

import (
	"context"
	"fmt"
	"slices"
	"sync"
	"time"
)

// Service is one of the services of the endpoint.
type Service string

// The services, by the name that request signatures carry.
const (
	SQS Service = "sqs"
	SNS Service = "sns"
	STS Service = "sts"
)

// Request is a request that the endpoint has dealt with.
type Request struct {
	Service Service
	// Action is the API action, such as SendMessageBatch.
	Action string
	// Target is the name of the queue, topic or role.
	Target string
	// Entries is the number of messages that a send or publish carried.
	Entries int
	// Bytes is the length of the request's body.
	Bytes int
	// Received is when it was read, by the machine's clock.
	Received time.Time
	// Outcome is "ok", the error code, or what a fault did instead of answering:
	// "silence", "reset", "truncated" or "http <status>".
	Outcome string
	// Faulted says that an injected fault took part.
	Faulted bool
	// Region and AccessKey are those of the signature; empty when unsigned.
	Region, AccessKey string
	// UserAgent and Remote identify client and connection.
	UserAgent, Remote string
}

// Overlap is the fact that a send arrived while another one with a message of the
// same group was in flight, which FIFO order forbids.
type Overlap struct {
	Group string
	At    time.Time
}

// keptRequests and keptOverlaps bound what a Traffic remembers.
const (
	keptRequests = 4096
	keptOverlaps = 128
)

// Traffic is what was asked of one target. A request counts as in flight from
// when its body was read until just before its answer is written, so a client
// that waits for answers is never seen to overlap with itself. A request that is
// held by silence keeps its place in MaxConcurrent, but not in the groups: nothing
// can arrive from it any more.
type Traffic struct {
	mu            sync.Mutex
	counts        map[string]int
	total         int
	log           []Request // ring
	next          int
	sending       int
	maxSending    int
	groups        map[string]int
	overlaps      []Overlap
	overlapCount  int
	maxGroupBatch int
	changed       signal
}

func newTraffic() *Traffic {
	return &Traffic{counts: map[string]int{}, groups: map[string]int{}}
}

// Requests returns the last 4096 requests in the order in which they were dealt
// with.
func (t *Traffic) Requests() []Request {
	t.mu.Lock()
	defer t.mu.Unlock()
	return slices.Concat(t.log[t.next:], t.log[:t.next])
}

// RequestCount is how many requests for an action were dealt with; for any action
// when it is empty.
func (t *Traffic) RequestCount(action string) int {
	t.mu.Lock()
	defer t.mu.Unlock()
	return t.countOf(action)
}

func (t *Traffic) countOf(action string) int {
	if action == "" {
		return t.total
	}
	return t.counts[action]
}

// WaitRequests blocks until n requests for the action ("" is any) were dealt
// with, or ctx ends.
func (t *Traffic) WaitRequests(ctx context.Context, action string, n int) error {
	err := t.changed.await(ctx, &t.mu, func() bool { return t.countOf(action) >= n })
	if err != nil {
		return fmt.Errorf("waiting for %d requests %s, have %d: %w", n, action, t.RequestCount(action), err)
	}
	return nil
}

// Concurrent is how many sends are in flight now.
func (t *Traffic) Concurrent() int {
	t.mu.Lock()
	defer t.mu.Unlock()
	return t.sending
}

// WaitConcurrent blocks until at least n sends are in flight at once, or ctx ends.
func (t *Traffic) WaitConcurrent(ctx context.Context, n int) error {
	err := t.changed.await(ctx, &t.mu, func() bool { return t.sending >= n })
	if err != nil {
		return fmt.Errorf("waiting for %d sends in flight, have %d: %w", n, t.Concurrent(), err)
	}
	return nil
}

// MaxConcurrent is the largest number of sends that were in flight at once.
func (t *Traffic) MaxConcurrent() int {
	t.mu.Lock()
	defer t.mu.Unlock()
	return t.maxSending
}

// GroupOverlaps returns how many sends overlapped with another send of the same
// message group, and the first 128 of them. FIFO targets only.
func (t *Traffic) GroupOverlaps() (int, []Overlap) {
	t.mu.Lock()
	defer t.mu.Unlock()
	return t.overlapCount, slices.Clone(t.overlaps)
}

// MaxGroupEntries is the largest number of entries of one message group that came
// in one request. FIFO targets only.
func (t *Traffic) MaxGroupEntries() int {
	t.mu.Lock()
	defer t.mu.Unlock()
	return t.maxGroupBatch
}

// arrive tells of a request; groups are the FIFO message groups of its entries,
// one for each entry.
func (t *Traffic) arrive(send bool, groups []string) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if send {
		t.sending++
		t.maxSending = max(t.maxSending, t.sending)
		t.changed.fire()
	}
	for i, g := range groups {
		if slices.Contains(groups[:i], g) {
			continue
		}
		if t.groups[g] > 0 {
			t.overlapCount++
			if len(t.overlaps) < keptOverlaps {
				t.overlaps = append(t.overlaps, Overlap{Group: g, At: time.Now()})
			}
		}
		t.groups[g]++
		n := 1
		for _, other := range groups[i+1:] {
			if other == g {
				n++
			}
		}
		t.maxGroupBatch = max(t.maxGroupBatch, n)
	}
}

// done tells that a request has had its effect.
func (t *Traffic) done(r Request, groups []string) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.total++
	t.counts[r.Action]++
	if len(t.log) < keptRequests {
		t.log = append(t.log, r)
	} else {
		t.log[t.next] = r
		t.next = (t.next + 1) % keptRequests
	}
	for i, g := range groups {
		if slices.Contains(groups[:i], g) {
			continue
		}
		if t.groups[g]--; t.groups[g] == 0 {
			delete(t.groups, g)
		}
	}
	t.changed.fire()
}

// left tells that a send will not be held any longer.
func (t *Traffic) left() {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.sending--
	t.changed.fire()
}
