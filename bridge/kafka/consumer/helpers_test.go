package consumer

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/twmb/franz-go/pkg/kgo"
	"go.uber.org/zap"
	"go.uber.org/zap/zaptest/observer"

	"github.com/sluice-bridge/sluice/bridge/delivery"
	"github.com/sluice-bridge/sluice/bridge/kafka"
	"github.com/sluice-bridge/sluice/bridge/kafka/handover"
	"github.com/sluice-bridge/sluice/bridge/kafka/kafkatest"
	"github.com/sluice-bridge/sluice/bridge/message"
	"github.com/sluice-bridge/sluice/bridge/offsets"
	"github.com/sluice-bridge/sluice/bridge/pipeline"
	"github.com/sluice-bridge/sluice/bridge/sink"
	"github.com/sluice-bridge/sluice/bridge/sqs"
	"github.com/sluice-bridge/sluice/codec"
	"github.com/sluice-bridge/sluice/fake"
	"github.com/sluice-bridge/sluice/internal/turn"
	"github.com/sluice-bridge/sluice/routing"
	"github.com/sluice-bridge/sluice/telemetry"
)

// heldSink is a destination that a test can hold up by value.
type heldSink struct {
	mu    sync.Mutex
	hold  func(value string) bool // true: no answer until released
	gone  bool                    // the destination is no more
	free  chan struct{}           // closed and replaced by release
	got   []string
	dedup map[string][]string // ids by body
	stamp map[string]string   // kafka_timestamp by body
}

func newSink() *heldSink {
	return &heldSink{free: make(chan struct{}), dedup: map[string][]string{}, stamp: map[string]string{}}
}

// missing is the failure of a destination that is no more.
var missing = &sink.Failure{Class: sink.Configuration, Code: "NonExistentQueue"}

func (s *heldSink) isGone() bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.gone
}

func (s *heldSink) Open(context.Context) (sink.Limits, error) {
	if s.isGone() {
		return sink.Limits{}, missing
	}
	return sink.Limits{MaxMessageBytes: 1 << 20, MaxBatchBytes: 1 << 20}, nil
}

func (s *heldSink) Send(ctx context.Context, batch []*message.Message, _ []*sink.Failure) *sink.Failure {
	if s.isGone() {
		return missing
	}
	for s.held(batch) {
		s.mu.Lock()
		free := s.free
		s.mu.Unlock()
		select {
		case <-free:
		case <-ctx.Done():
			return &sink.Failure{Class: sink.Unknown, Code: "timeout"}
		}
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, m := range batch {
		s.got = append(s.got, string(m.Body))
		s.dedup[string(m.Body)] = append(s.dedup[string(m.Body)], m.DeduplicationID)
		for _, a := range m.Attributes {
			if a.Name == "kafka_timestamp" {
				s.stamp[string(m.Body)] = a.Value
			}
		}
	}
	return nil
}

func (s *heldSink) held(batch []*message.Message) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, m := range batch {
		if s.hold != nil && s.hold(string(m.Body)) {
			return true
		}
	}
	return false
}

func (s *heldSink) Close() {}

// holds sets what is held up, and lets go of everything else.
func (s *heldSink) holds(hold func(string) bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.hold = hold
	close(s.free)
	s.free = make(chan struct{})
}

func (s *heldSink) count() int {
	s.mu.Lock()
	defer s.mu.Unlock()
	return len(s.got)
}

// times returns how often each body arrived.
func (s *heldSink) times() map[string]int {
	s.mu.Lock()
	defer s.mu.Unlock()
	n := map[string]int{}
	for _, b := range s.got {
		n[b]++
	}
	return n
}

func (s *heldSink) ids(body string) []string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.dedup[body]
}

// letterbox keeps dead letters, and none while it is shut.
type letterbox struct {
	mu   sync.Mutex
	shut bool
	all  []message.DeadLetter
}

func (l *letterbox) Write(_ context.Context, letter message.DeadLetter) error {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.shut {
		return errors.New("shut")
	}
	l.all = append(l.all, letter)
	return nil
}

func (l *letterbox) letters() []message.DeadLetter {
	l.mu.Lock()
	defer l.mu.Unlock()
	return slices.Clone(l.all)
}

func (l *letterbox) open(open bool) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.shut = !open
}

// member is a source with a lane behind it.
type member struct {
	t       testing.TB
	source  *Source
	sink    *heldSink // of values that do not begin with "slow"
	slow    *heldSink // of those that do
	board   *kafkatest.Board
	letters *letterbox
	metrics *prometheus.Registry
	window  *offsets.Window
	logs    *observer.ObservedLogs
	stop    context.CancelFunc
	abort   context.CancelFunc
	done    chan struct{}
	err     error
}

const group = "g"

// join starts a member. The rule: values that begin with "slow" go to one destination, the rest to
// another, both FIFO so that ids can be looked at.
func join(t testing.TB, k *fake.Kafka, change ...func(*Options)) *member {
	t.Helper()
	m := build(t, k, change...)
	m.run()
	return m
}

func build(t testing.TB, k *fake.Kafka, change ...func(*Options)) *member {
	t.Helper()
	return buildWithin(t, k, offsets.NewWindow(2000, 64<<20), change...)
}

// buildWithin builds one with a window of its own.
func buildWithin(t testing.TB, k *fake.Kafka, window *offsets.Window, change ...func(*Options)) *member {
	t.Helper()
	opts := Options{
		Connection: kafka.Connection{Brokers: k.Addresses(), ClientID: "test"}, Group: group, Topics: []string{"t"},
		SessionTimeout: 30 * time.Second, RebalanceTimeout: 20 * time.Second, ReadAhead: 4 << 20,
		CommitInterval: 20 * time.Millisecond, DrainTimeout: 10 * time.Second, Alone: turn.New(),
	}
	for _, f := range change {
		f(&opts)
	}
	core, logs := observer.New(zap.DebugLevel)
	m := &member{t: t, sink: newSink(), slow: newSink(), logs: logs, done: make(chan struct{}),
		letters: &letterbox{}, board: kafkatest.NewBoard(), window: window}
	log := zap.New(core)
	m.metrics = prometheus.NewRegistry()
	observer := telemetry.New(m.board, m.metrics, log)
	ctx, cancel := context.WithCancel(context.Background())
	letters := delivery.NewDeadLetters(ctx, observer)
	letters.ToKafka(m.letters)
	dests := []message.Destination{{Name: "fast", Profile: sqs.Profile, FIFO: true}, {Name: "slow", Profile: sqs.Profile, FIFO: true}}
	lanes := make([]*delivery.Lane, 2)
	for i, s := range []*heldSink{m.sink, m.slow} {
		lanes[i] = delivery.NewLane(delivery.LaneOptions{Destination: dests[i], Batched: true, MaxMessages: 10, Linger: time.Millisecond, Concurrency: 16,
			Retry: delivery.Retry{Initial: time.Millisecond, Max: time.Second}, RequestTimeout: time.Minute}, s, letters, observer)
	}
	table, err := routing.Compile(routing.Options{
		Rules: []routing.Rule{
			{Name: "slow", When: `string(value).startsWith("slow")`, To: []string{"slow"}},
			{Name: "rest", To: []string{"fast"}},
		},
		Destinations: []routing.Destination{{Name: "fast"}, {Name: "slow"}}, Unmatched: "drop",
	})
	if err != nil {
		t.Fatal(err)
	}
	correlation, err := routing.CompileCorrelation(nil, "")
	if err != nil {
		t.Fatal(err)
	}
	text, err := codec.NewDecoder(codec.Options{Format: codec.FormatText})
	if err != nil {
		t.Fatal(err)
	}
	pipeline := pipeline.New(pipeline.Options{Group: opts.Group,
		Encoder: message.NewEncoder(table, correlation, dests), Lanes: lanes,
		Reading: func(string) pipeline.Reading { return pipeline.Reading{Decoder: text} }, Letters: letters, Observer: observer})
	if m.source, err = New(opts, pipeline, m.window, observer); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		m.leave()
		for _, l := range lanes {
			l.Close()
		}
		cancel()
		letters.Wait()
	})
	return m
}

// run begins to read.
func (m *member) run() {
	stop, cancel := context.WithCancel(context.Background())
	abort, abandon := context.WithCancel(context.Background())
	m.stop, m.abort = cancel, abandon
	go func() {
		defer close(m.done)
		m.err = m.source.Run(stop, abort)
	}()
}

// swap hands records to another intake.
func (m *member) swap(to Intake) {
	SwapAll([]Swap{{Source: m.source, Intake: to}}, func([]handover.Reached) {})
}

// leave stops the member in good order.
func (m *member) leave() {
	if m.stop == nil {
		m.source.client.Close()
		return
	}
	m.sink.holds(nil)
	m.slow.holds(nil)
	m.stop()
	<-m.done
	m.abort()
}

// owned returns how many partitions the member has.
func (m *member) owned() int {
	m.source.gate.RLock()
	defer m.source.gate.RUnlock()
	return len(m.source.assigned)
}

func (m *member) assignment(topic string, partition int32) *assignment {
	m.source.gate.RLock()
	defer m.source.gate.RUnlock()
	return m.source.assigned[kafka.TopicPartition{Topic: topic, Partition: partition}]
}

// settledTen returns a cluster whose group has settled the ten records of topic t and left.
func settledTen(t *testing.T) (*fake.Kafka, *kgo.Client) {
	t.Helper()
	k := kafkatest.Cluster(t, 1)
	client := kafkatest.Dial(t, k)
	kafkatest.Produce(t, client, kafkatest.Numbered("t", 0, "a", 10)...)
	m := join(t, k)
	commits(t, k, "t", 0, 10)
	m.leave()
	return k, client
}

// commits waits until the group has committed an offset.
func commits(t testing.TB, k *fake.Kafka, topic string, partition int32, offset int64) {
	t.Helper()
	kafkatest.Await(t, fmt.Sprintf("commit %d of %s/%d (it is %d)", offset, topic, partition, kafkatest.Committed(k, group, topic, partition)), func() bool {
		return kafkatest.Committed(k, group, topic, partition) == offset
	})
}
