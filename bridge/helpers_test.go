package bridge

import (
	"context"
	"slices"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/twmb/franz-go/pkg/kgo"
	"go.uber.org/zap"
)

// fakeSink answers as a test scripts it, after a latency, and keeps what it was asked.
type fakeSink struct {
	latency time.Duration
	// answer fills in results for the n-th call, counted from 1; nil accepts everything.
	answer func(n int, batch []*Message, results []*Failure) *Failure
	// lookup is how long an opening takes.
	lookup time.Duration
	// open is asked at the n-th opening; nil opens.
	open   func(n int) error
	limits Limits

	mu       sync.Mutex
	calls    []call
	openings []time.Time
	out      int
	mostOut  int
	groups   map[string]int // messages out by group
	overlaps int            // requests with a group that was out already
	mostOf   int            // messages of one group in a request
	closed   bool
	early    bool // closed with requests out
}

// call is one request.
type call struct {
	at       time.Time
	bodies   []string
	size     int
	accepted []string
}

func (s *fakeSink) Open(ctx context.Context) (Limits, error) {
	sleep(ctx, s.lookup)
	s.mu.Lock()
	defer s.mu.Unlock()
	s.openings = append(s.openings, time.Now())
	if s.open != nil {
		if err := s.open(len(s.openings)); err != nil {
			return Limits{}, err
		}
	}
	return s.limits, nil
}

func (s *fakeSink) Send(ctx context.Context, batch []*Message, results []*Failure) *Failure {
	n := s.begin(batch)
	cut := !sleep(ctx, s.latency)
	s.mu.Lock()
	defer s.mu.Unlock()
	s.out--
	for _, m := range batch {
		s.groups[m.GroupID]--
	}
	if cut {
		return &Failure{Class: Unknown, Code: "cut_off"}
	}
	if s.answer != nil {
		if f := s.answer(n, batch, results); f != nil {
			return f
		}
	}
	for i, m := range batch {
		if results[i] == nil {
			s.calls[n-1].accepted = append(s.calls[n-1].accepted, string(m.Body))
		}
	}
	return nil
}

// begin notes a request, and returns its number.
func (s *fakeSink) begin(batch []*Message) int {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.groups == nil {
		s.groups = map[string]int{}
	}
	s.out++
	s.mostOut = max(s.mostOut, s.out)
	c := call{at: time.Now()}
	here := map[string]int{}
	for _, m := range batch {
		c.bodies = append(c.bodies, string(m.Body))
		c.size += m.Size
		if here[m.GroupID]++; m.GroupID == "" {
			continue
		}
		if s.groups[m.GroupID] > 0 && here[m.GroupID] == 1 {
			s.overlaps++
		}
		s.mostOf = max(s.mostOf, here[m.GroupID])
	}
	for g, n := range here {
		s.groups[g] += n
	}
	s.calls = append(s.calls, c)
	return len(s.calls)
}

func (s *fakeSink) Close() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.closed, s.early = true, s.out > 0
}

// accepted returns the bodies that were accepted, in the order of the answers.
func (s *fakeSink) accepted() []string {
	s.mu.Lock()
	defer s.mu.Unlock()
	var all []string
	for _, c := range s.calls {
		all = append(all, c.accepted...)
	}
	return all
}

// requests returns the bodies of each request.
func (s *fakeSink) requests() [][]string {
	s.mu.Lock()
	defer s.mu.Unlock()
	var all [][]string
	for _, c := range s.calls {
		all = append(all, c.bodies)
	}
	return all
}

// seen returns how many requests are out, and how many were at the most since the last look.
func (s *fakeSink) seen() (out, most int) {
	s.mu.Lock()
	defer s.mu.Unlock()
	most, s.mostOut = s.mostOut, 0
	return s.out, most
}

// grouped returns how often a group was in two requests at once, and how many of one were in a request
// at the most.
func (s *fakeSink) grouped() (overlaps, mostOf int) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.overlaps, s.mostOf
}

// opened returns how often the sink was opened.
func (s *fakeSink) opened() int {
	s.mu.Lock()
	defer s.mu.Unlock()
	return len(s.openings)
}

// allowed returns how many requests the lane may have out.
func (r *rig) allowed() int {
	r.lane.mu.Lock()
	defer r.lane.mu.Unlock()
	return r.lane.limiter.allowed()
}

// sends returns how often a body was in a request.
func (s *fakeSink) sends(body string) int {
	n := 0
	for _, r := range s.requests() {
		for _, b := range r {
			if b == body {
				n++
			}
		}
	}
	return n
}

// fakeHealth keeps what it was told.
type fakeHealth struct {
	mu     sync.Mutex
	open   map[string]string
	began  map[string]int // times that a key went into trouble
	ended  map[string]int // times that it came out
	latest string
}

func (h *fakeHealth) Trouble(key, text string) {
	h.mu.Lock()
	defer h.mu.Unlock()
	if h.open == nil {
		h.open, h.began, h.ended = map[string]string{}, map[string]int{}, map[string]int{}
	}
	if _, ok := h.open[key]; !ok {
		h.began[key]++
	}
	h.open[key], h.latest = text, text
}

func (h *fakeHealth) Recovered(key string) {
	h.mu.Lock()
	defer h.mu.Unlock()
	if _, ok := h.open[key]; ok {
		h.ended[key]++
		delete(h.open, key)
	}
}

func (h *fakeHealth) Forget(key string) {
	h.mu.Lock()
	defer h.mu.Unlock()
	delete(h.open, key)
}

// told returns how often a key went into trouble and came out of it.
func (h *fakeHealth) told(key string) (began, ended int) {
	h.mu.Lock()
	defer h.mu.Unlock()
	return h.began[key], h.ended[key]
}

// text returns what is wrong with a key, or "".
func (h *fakeHealth) text(key string) string {
	h.mu.Lock()
	defer h.mu.Unlock()
	return h.open[key]
}

// fakeWriter keeps dead letters, after it has failed as often as a test says.
type fakeWriter struct {
	mu      sync.Mutex
	fail    func(n int) error // for the n-th write, from 1; nil never fails
	writes  int
	letters []DeadLetter
}

func (w *fakeWriter) Write(_ context.Context, l DeadLetter) error {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.writes++
	if w.fail != nil {
		if err := w.fail(w.writes); err != nil {
			return err
		}
	}
	w.letters = append(w.letters, l)
	return nil
}

// all returns the dead letters written.
func (w *fakeWriter) all() []DeadLetter {
	w.mu.Lock()
	defer w.mu.Unlock()
	return slices.Clone(w.letters)
}

// values returns the values of the records that are dead letters, sorted.
func (w *fakeWriter) values() []string {
	w.mu.Lock()
	defer w.mu.Unlock()
	var all []string
	for _, l := range w.letters {
		all = append(all, string(l.Record.Value))
	}
	slices.Sort(all)
	return all
}

// rig is a lane with everything around it.
type rig struct {
	t       testing.TB
	sink    *fakeSink
	lane    *Lane
	window  *Window
	part    *Partition
	health  *fakeHealth
	writer  *fakeWriter
	letters *DeadLetters
	metrics *Metrics
	end     context.CancelFunc
	next    int64 // offset
}

const laneKey = "destination d"

func newRig(t testing.TB, sink *fakeSink, change ...func(*LaneOptions)) *rig {
	if sink.limits == (Limits{}) {
		sink.limits = Limits{MaxMessageBytes: 1 << 20, MaxBatchBytes: 1 << 20}
	}
	r := &rig{t: t, sink: sink, health: &fakeHealth{}, writer: &fakeWriter{}, metrics: NewMetrics(prometheus.NewRegistry())}
	ctx, cancel := context.WithCancel(context.Background())
	r.end = cancel
	r.letters = NewDeadLetters(ctx, r.health, r.metrics)
	r.letters.ToKafka(r.writer)
	r.window = NewWindow(1<<20, 1<<40)
	r.part = NewPartition("t", 0, NewOrigin("c", "t", [16]byte{1}), r.window)
	r.lane = r.newLane(sink, change...)
	return r
}

func (r *rig) newLane(sink Sink, change ...func(*LaneOptions)) *Lane {
	opts := LaneOptions{
		Destination: Destination{Name: "d", Service: "sqs"},
		MaxMessages: MaxBatch, Linger: 20 * time.Millisecond, Concurrency: 4,
		Retry:          Retry{Initial: 100 * time.Millisecond, Max: 30 * time.Second},
		RequestTimeout: 10 * time.Second,
	}
	for _, f := range change {
		f(&opts)
	}
	return NewLane(opts, sink, r.letters, r.health, r.metrics, zap.NewNop())
}

func fifo(o *LaneOptions)    { o.Destination.FIFO = true }
func batched(o *LaneOptions) { o.Destination.FIFO, o.Batched = true, true }

func concurrent(n int) func(*LaneOptions) { return func(o *LaneOptions) { o.Concurrency = n } }

func giveUp(after time.Duration) func(*LaneOptions) {
	return func(o *LaneOptions) { o.Retry.GiveUpAfter = after }
}

// deliver registers a record for each body and gives it to the lane. A body "g:x" goes to group g.
func (r *rig) deliver(bodies ...string) { r.deliverTo(r.lane, bodies...) }

func (r *rig) deliverTo(lane *Lane, bodies ...string) {
	r.t.Helper()
	var batch []*delivery
	for _, b := range bodies {
		batch = append(batch, r.delivery(b))
	}
	if !lane.add(batch, time.Now()) {
		r.t.Fatalf("the lane refuses %v", bodies)
	}
}

// delivery registers a record with one delivery.
func (r *rig) delivery(body string) *delivery {
	seq, ok := r.part.register([]settling{{offset: r.next, pending: 1, bytes: int64(len(body))}})
	if !ok {
		r.t.Fatal("the partition is closed")
	}
	d := newDelivery()
	d.part, d.seq = r.part, seq
	d.record = &kgo.Record{Topic: "t", Offset: r.next, Value: []byte(body)}
	d.message = Message{Body: d.record.Value, Size: len(body), CorrelationID: "c-" + body}
	for i := range body {
		if body[i] == ':' {
			d.message.GroupID, d.message.DeduplicationID = body[:i], body
		}
	}
	r.next++
	return d
}

// settled fails the test unless every record is settled and nothing is held any more.
func (r *rig) settled() {
	r.t.Helper()
	records, bytes := r.window.Held()
	if r.part.Mark().Offset != r.next || records != 0 || bytes != 0 {
		r.t.Errorf("settled up to %d of %d; the window holds %d records, %d bytes", r.part.Mark().Offset, r.next, records, bytes)
	}
}

// close ends everything; in a bubble a goroutine that is left fails the test.
func (r *rig) close() {
	r.lane.Close()
	r.end()
	r.letters.Wait()
}

// inBubble runs a test with a lane under virtual time.
func inBubble(t *testing.T, sink *fakeSink, test func(*rig), change ...func(*LaneOptions)) {
	t.Helper()
	synctest.Test(t, func(t *testing.T) {
		r := newRig(t, sink, change...)
		defer r.close()
		synctest.Wait()
		test(r)
	})
}

// bodies returns n bodies with a prefix.
func bodies(prefix string, n int) []string {
	all := make([]string, n)
	for i := range all {
		all[i] = prefix + string(rune('a'+i/26/26)) + string(rune('a'+i/26%26)) + string(rune('a'+i%26))
	}
	return all
}

// same compares as sets.
func same(a, b []string) bool {
	a, b = slices.Clone(a), slices.Clone(b)
	slices.Sort(a)
	slices.Sort(b)
	return slices.Equal(a, b)
}

// pass lets virtual time go by and everything that is due happen.
func pass(d time.Duration) {
	time.Sleep(d)
	synctest.Wait()
}
