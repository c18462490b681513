package fault

import (
	"fmt"
	"strconv"
	"strings"
	"sync"

	"github.com/twmb/franz-go/pkg/kgo"

	"github.com/sluice-bridge/sluice/fake"
)

// crowd is destinations beside the four, queues all of them: each record of a topic of their own goes to
// each of them. It is for what many copies of a record do; what comes of it is judged with the rest.
type crowd struct {
	w *World

	mu      sync.Mutex
	records int
	seen    []map[int]int // by destination: how often each record came
	astray  int
	missing int
}

// crowdTopic is the topic whose records go to the crowd; it has as many partitions as that of the events.
func (w *World) crowdTopic() string { return w.topic + "-crowd" }

// crowdNames are the destinations and queues of the crowd.
func (s settings) crowdNames() (all []string) {
	for n := range s.crowd {
		all = append(all, fmt.Sprintf("crowd-%d", n))
	}
	return all
}

// crowdDestinations and crowdRules are their lines in the configuration. Every other one gets an
// envelope: a body that is not a part of the record.
func (s settings) crowdDestinations() string {
	var b strings.Builder
	for n, name := range s.crowdNames() {
		envelope := ""
		if n%2 == 1 {
			envelope = ", envelope: json"
		}
		fmt.Fprintf(&b, "  %s: {sqs: %[1]s, retry: *retry%s}\n", name, envelope)
	}
	return b.String()
}

func (s settings) crowdRules(topic string) string {
	if s.crowd == 0 {
		return ""
	}
	return fmt.Sprintf("  - {name: crowd, topics: [%s], to: [%s]}\n", topic, strings.Join(s.crowdNames(), ", "))
}

// gather makes what the crowd needs, where the settings want one.
func (w *World) gather() error {
	if w.setting.crowd == 0 {
		return nil
	}
	w.crowd = &crowd{w: w}
	for n, name := range w.setting.crowdNames() {
		q, err := w.aws.CreateQueue(name, fake.QueueOptions{Retain: fake.CountOnly})
		if err != nil {
			return err
		}
		w.crowd.seen = append(w.crowd.seen, map[int]int{})
		q.Tap(func(m fake.Message) { w.crowd.arrived(n, m.Body) })
	}
	_, err := w.admin.CreateTopic(w.ctx, partitions, 1, nil, w.crowdTopic())
	return err
}

// fill produces so many records of a size for the crowd.
func (c *crowd) fill(p packing, count, size int) error {
	c.mu.Lock()
	first := c.records
	c.records += count
	c.missing += count * len(c.seen)
	c.mu.Unlock()
	pad := strings.Repeat("p", size)
	return c.w.produce(p, count, func(n int) *kgo.Record {
		return &kgo.Record{Topic: c.w.crowdTopic(), Partition: int32(n % partitions),
			Value: fmt.Appendf(nil, `{"id":%d,"pad":%q}`, first+n, pad[:max(size-30, 0)])}
	})
}

// arrived notes a message at one of the queues.
func (c *crowd) arrived(destination int, body string) {
	_, rest, _ := strings.Cut(body, `"id":`)
	digits, _, _ := strings.Cut(rest, ",")
	id, err := strconv.Atoi(digits)
	c.mu.Lock()
	defer c.mu.Unlock()
	if err != nil || id < 0 || id >= c.records {
		c.astray++
		return
	}
	if c.seen[destination][id]++; c.seen[destination][id] == 1 {
		c.missing--
	}
}

// served waits until everything that was produced for the crowd has arrived.
func (c *crowd) served() error {
	return c.w.until("everything for the crowd to arrive", func() bool {
		c.mu.Lock()
		defer c.mu.Unlock()
		return c.missing == 0
	})
}

// finish adds what became of it to the findings.
func (c *crowd) finish(f *Findings) {
	c.mu.Lock()
	defer c.mu.Unlock()
	f.Events += c.records
	f.Lost += c.missing
	f.Altered += c.astray
	for _, seen := range c.seen {
		f.Delivered += len(seen)
		for _, n := range seen {
			f.Duplicated += n - 1
		}
	}
}
