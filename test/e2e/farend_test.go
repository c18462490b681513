package e2e

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/twmb/franz-go/pkg/kgo"

	"github.com/sluice-bridge/sluice/fake"
)

// event is what the tests send: it knows who it is, and its place in the order of its account.
type event struct {
	ID      string `json:"id"`
	Account string `json:"account"`
	Seq     int    `json:"seq"`
	Pad     string `json:"pad,omitempty"`
}

// events makes n events of a topic, over so many accounts, keyed by account; from is the sequence
// number of the first.
func events(topic string, n, accounts, from int) []*kgo.Record {
	records := make([]*kgo.Record, n)
	for i := range n {
		seq := from + i
		account := fmt.Sprintf("%s-account-%d", topic, seq%accounts)
		value, _ := json.Marshal(event{ID: fmt.Sprintf("%s#%d", topic, seq), Account: account, Seq: seq})
		records[i] = &kgo.Record{Topic: topic, Key: []byte(account), Value: value}
	}
	return records
}

// farEnd watches what arrives at a queue.
type farEnd struct {
	queue *fake.Queue

	mu         sync.Mutex
	seen       map[string]int
	last       map[string]int // by account
	outOfOrder []string
}

// watch counts what arrives at a queue from now on.
func watch(q *fake.Queue) *farEnd {
	f := &farEnd{queue: q, seen: map[string]int{}, last: map[string]int{}}
	q.Tap(f.take)
	return f
}

func (f *farEnd) take(m fake.Message) {
	var e event
	if err := json.Unmarshal([]byte(m.Body), &e); err != nil {
		e.ID = "unreadable: " + m.Body
	}
	f.mu.Lock()
	defer f.mu.Unlock()
	f.seen[e.ID]++
	if last, ok := f.last[e.Account]; ok && e.Seq <= last {
		f.outOfOrder = append(f.outOfOrder, fmt.Sprintf("%s after %d", e.ID, last))
	}
	f.last[e.Account] = e.Seq
}

// wait waits until n different events have arrived.
func (f *farEnd) wait(t *testing.T, n int) {
	t.Helper()
	f.waitFor(t, n, 90*time.Second)
}

func (f *farEnd) waitFor(t *testing.T, n int, patience time.Duration) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), patience)
	defer cancel()
	for want := n; ; want++ {
		err := f.queue.WaitCount(ctx, want)
		if f.distinct() >= n {
			return
		}
		if err != nil {
			t.Fatalf("queue %s: %d of %d events arrived", f.queue.Name, f.distinct(), n)
		}
		want = max(want, f.queue.Count())
	}
}

func (f *farEnd) distinct() int {
	f.mu.Lock()
	defer f.mu.Unlock()
	return len(f.seen)
}

// missing returns the records that have not arrived.
func (f *farEnd) missing(records []*kgo.Record) []string {
	f.mu.Lock()
	defer f.mu.Unlock()
	var out []string
	for _, r := range records {
		var e event
		_ = json.Unmarshal(r.Value, &e)
		if f.seen[e.ID] == 0 {
			out = append(out, e.ID)
		}
	}
	return out
}

// duplicates returns how many arrivals were repeats.
func (f *farEnd) duplicates() int {
	f.mu.Lock()
	defer f.mu.Unlock()
	n := 0
	for _, times := range f.seen {
		n += times - 1
	}
	return n
}

// allArrived checks that exactly the records arrived, each once.
func (f *farEnd) allArrived(t *testing.T, records []*kgo.Record) {
	t.Helper()
	f.noneMissing(t, records)
	if n := f.duplicates(); n > 0 {
		t.Errorf("queue %s: %d duplicates", f.queue.Name, n)
	}
}

// noneMissing checks that the records, and nothing else, arrived.
func (f *farEnd) noneMissing(t *testing.T, records []*kgo.Record) {
	t.Helper()
	if m := f.missing(records); len(m) > 0 {
		slices.Sort(m)
		t.Errorf("queue %s: %d events are missing, such as %s", f.queue.Name, len(m), m[0])
	}
	if extra := f.distinct() - len(records); extra > 0 {
		t.Errorf("queue %s: %d events that were not for it", f.queue.Name, extra)
	}
}

// inOrder checks that the events of each account arrived in their order.
func (f *farEnd) inOrder(t *testing.T) {
	t.Helper()
	f.mu.Lock()
	defer f.mu.Unlock()
	if len(f.outOfOrder) > 0 {
		t.Errorf("queue %s: %d events out of order, such as %s", f.queue.Name, len(f.outOfOrder), f.outOfOrder[0])
	}
	if n, o := f.queue.GroupOverlaps(); n > 0 {
		t.Errorf("queue %s: %d requests overlapped in a message group, such as %s", f.queue.Name, n, o[0].Group)
	}
}

// cloud starts an endpoint.
func cloud(t *testing.T, o fake.Options) *fake.AWS {
	t.Helper()
	a, err := fake.StartAWS(o)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = a.Close() })
	return a
}

// fanOut makes a topic with a queue of the same kind that gets what is published, raw.
func fanOut(t *testing.T, a *fake.AWS, topic, queue string) *fake.Queue {
	t.Helper()
	to, err := a.CreateTopic(topic, fake.TopicOptions{})
	if err != nil {
		t.Fatal(err)
	}
	q, err := a.CreateQueue(queue, fake.QueueOptions{})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := a.Subscribe(to, q, true); err != nil {
		t.Fatal(err)
	}
	return q
}

// within waits for a number of something, for as long as a busy machine may take.
func within(t *testing.T, what string, wait func(context.Context, int) error, n int) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), 30*time.Second)
	defer cancel()
	if err := wait(ctx, n); err != nil {
		t.Fatalf("%s: %v", what, err)
	}
}
