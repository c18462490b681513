package deadletter

import (
	"context"
	"errors"
	"net"
	"testing"
	"testing/synctest"
	"time"

	"github.com/twmb/franz-go/pkg/kerr"
	"github.com/twmb/franz-go/pkg/kfake"
	"github.com/twmb/franz-go/pkg/kgo"
	"github.com/twmb/franz-go/pkg/kmsg"
	"go.uber.org/zap"

	"github.com/sluice-bridge/sluice/bridge/kafka"
	"github.com/sluice-bridge/sluice/bridge/kafka/kafkatest"
	"github.com/sluice-bridge/sluice/bridge/message"
	"github.com/sluice-bridge/sluice/fake"
)

func newProducer(t *testing.T, k *fake.Kafka) *Producer {
	t.Helper()
	l, err := NewProducer(kafka.Connection{Brokers: k.Addresses()}, "dead", zap.NewNop())
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(l.Close)
	return l
}

// A missing topic is made, once, so that it keeps everything and takes any record.
func TestMissingDeadLetterTopicIsMadeOnce(t *testing.T) {
	k := kafkatest.Cluster(t, 1)
	l := newProducer(t, k)
	for range 2 {
		if err := l.Ensure(t.Context()); err != nil {
			t.Fatal(err)
		}
	}
	info := k.Cluster.TopicInfo("dead")
	if info == nil || info.Configs["retention.ms"] == nil || *info.Configs["retention.ms"] != "-1" || *info.Configs["max.message.bytes"] != "33554432" {
		t.Errorf("%+v", info)
	}
}

// What trying again does not help is told apart from what it does.
func TestRefusalThatLastsIsToldApart(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		err   *kerr.Error
		final bool
	}{{kerr.TopicAuthorizationFailed, true}, {kerr.PolicyViolation, true}, {kerr.NotController, false}} {
		k := kafkatest.Cluster(t, 1)
		k.Cluster.Fault(kfake.Fault{Keys: []kmsg.Key{kmsg.CreateTopics}, Err: c.err, Count: -1})
		ctx, cancel := context.WithTimeout(t.Context(), time.Second)
		if err := newProducer(t, k).Ensure(ctx); err == nil || errors.Is(err, ErrCreate) != c.final {
			t.Errorf("%s: %v", c.err.Message, err)
		}
		cancel()
	}
}

// A dead letter is the record as it was, and headers that say what happened to it.
func TestLetterIsTheRecordAndWhatHappenedToIt(t *testing.T) {
	k := kafkatest.Cluster(t, 1)
	l := newProducer(t, k)
	if err := l.Ensure(t.Context()); err != nil {
		t.Fatal(err)
	}
	record := &kgo.Record{Topic: "t", Partition: 3, Offset: 42, Key: []byte{0xff}, Value: []byte{0},
		Headers: []kgo.RecordHeader{{Key: "h", Value: []byte{1}}, {Key: "h"}, {Key: "sluice-reason", Value: []byte("of an earlier life")}}}
	at := time.Date(2026, 1, 2, 3, 4, 5, 6, time.UTC)
	for _, letter := range []message.DeadLetter{
		{Record: record, Reason: message.ReasonRejected, Error: "Code: text", Rule: "r", Destination: "d", Attempts: 3, Time: at},
		{Record: &kgo.Record{Topic: "t"}, Reason: message.ReasonUnmatched, Time: at},
	} {
		if err := l.Write(t.Context(), letter); err != nil {
			t.Fatal(err)
		}
	}
	c := kafkatest.Dial(t, k, kgo.ConsumeTopics("dead"))
	var got []*kgo.Record
	kafkatest.Await(t, "the letters", func() bool {
		ctx, cancel := context.WithTimeout(t.Context(), time.Second)
		defer cancel()
		got = append(got, c.PollFetches(ctx).Records()...)
		return len(got) == 2
	})
	if string(got[0].Value) != "\x00" {
		got[0], got[1] = got[1], got[0]
	}
	if string(got[0].Key) != "\xff" || got[1].Value != nil || got[1].Key != nil {
		t.Errorf("%v and %v", got[0], got[1])
	}
	headers := map[string]string{}
	for _, h := range got[0].Headers {
		headers[h.Key] += string(h.Value)
	}
	for name, want := range map[string]string{
		"h": "\x01", "sluice-reason": "rejected", "sluice-error": "Code: text", "sluice-rule": "r", "sluice-destination": "d",
		"sluice-source": "t/3/42", "sluice-timestamp": "2026-01-02T03:04:05.000000006Z", "sluice-attempts": "3",
	} {
		if headers[name] != want {
			t.Errorf("%s = %q, want %q", name, headers[name], want)
		}
	}
}

// A producer that is replaced in the middle of a letter lets it end: its successor would write it a
// second time.
func TestReplacedProducerEndsItsLetter(t *testing.T) {
	k := kafkatest.Cluster(t, 1)
	l := newProducer(t, k)
	if err := l.Ensure(t.Context()); err != nil {
		t.Fatal(err)
	}
	asked, gate := make(chan struct{}), make(chan struct{})
	k.Cluster.ControlKey(int16(kmsg.Produce), func(kmsg.Request) (kmsg.Response, error, bool) {
		k.Cluster.SleepControl(func() { close(asked); <-gate })
		return nil, nil, false
	})
	written := make(chan error)
	go func() {
		written <- l.Write(t.Context(), message.DeadLetter{Record: &kgo.Record{Topic: "t", Value: []byte("v")}, Reason: message.ReasonRejected})
	}()
	<-asked
	retired := make(chan struct{})
	go func() { l.Retire(t.Context()); close(retired) }()
	select {
	case err := <-written:
		t.Fatalf("the letter was given up: %v", err)
	case <-retired:
		t.Fatal("retired with a letter on the wire")
	case <-time.After(50 * time.Millisecond):
	}
	close(gate)
	if err := <-written; err != nil {
		t.Error(err)
	}
	<-retired
}

// Brokers that are gone hold nobody who writes beyond the end of the producers, whether they refuse
// connections or keep silent.
func TestDeadBrokersHoldUpNobodyAfterTheEnd(t *testing.T) {
	silent, err := new(net.ListenConfig).Listen(t.Context(), "tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = silent.Close() })
	for name, broker := range map[string]string{"refusing": "127.0.0.1:1", "silent": silent.Addr().String()} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			l, err := NewProducer(kafka.Connection{Brokers: []string{broker}}, "dead", zap.NewNop())
			if err != nil {
				t.Fatal(err)
			}
			const letters = 3
			written := make(chan error, letters)
			for i := range letters {
				value := make([]byte, 1+i*aloneFrom) // the last two are written alone
				go func() {
					written <- l.Write(context.Background(), message.DeadLetter{Record: &kgo.Record{Topic: "t", Value: value}})
				}()
			}
			kafkatest.Await(t, "the letters to be produced", func() bool {
				return l.batches.current().BufferedProduceRecords() > 0 && l.singles.current().BufferedProduceRecords() > 0
			})
			ended, cancel := context.WithCancel(t.Context())
			cancel()
			l.Retire(ended)
			for range letters {
				if err := <-written; err == nil {
					t.Error("a letter was written")
				}
			}
		})
	}
}

// A large letter waits for its turn, but not longer than whoever gives it wants to: the one before it may wait for
// a broker.
func TestLargeLetterWaitsCancellably(t *testing.T) {
	t.Parallel()
	dialled := make(chan struct{}, 10)
	l, err := NewProducer(kafka.Connection{Brokers: []string{"127.0.0.1:9"}, Dial: func(ctx context.Context, _, _ string) (net.Conn, error) {
		dialled <- struct{}{}
		<-ctx.Done()
		return nil, ctx.Err()
	}}, "dead", zap.NewNop())
	if err != nil {
		t.Fatal(err)
	}
	large := message.DeadLetter{Record: &kgo.Record{Topic: "t", Value: make([]byte, aloneFrom)}, Reason: message.ReasonTooLarge}
	first := make(chan struct{})
	go func() { defer close(first); _ = l.Write(t.Context(), large) }()
	<-dialled
	ctx, cancel := context.WithCancel(t.Context())
	second := make(chan error, 1)
	go func() { second <- l.Write(ctx, large) }()
	cancel()
	select {
	case err := <-second:
		if !errors.Is(err, context.Canceled) {
			t.Error(err)
		}
	case <-time.After(20 * time.Second):
		t.Error("it still waits")
	}
	l.Close()
	<-first
}

// Nobody waits longer than asked for the answer to a letter that was sent: brokers that are gone never give it.
func TestLetterThatIsSentWaitsCancellably(t *testing.T) {
	t.Parallel()
	for name, size := range map[string]int{"with others": 1, "alone": aloneFrom} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			k := kafkatest.Cluster(t, 1)
			l := newProducer(t, k)
			if err := l.Ensure(t.Context()); err != nil {
				t.Fatal(err)
			}
			sent, gone := make(chan struct{}, 10), make(chan struct{})
			t.Cleanup(func() { close(gone) })
			k.Cluster.ControlKey(int16(kmsg.Produce), func(kmsg.Request) (kmsg.Response, error, bool) {
				k.Cluster.KeepControl()
				sent <- struct{}{}
				k.Cluster.SleepControl(func() { <-gone })
				return nil, nil, false
			})
			ctx, cancel := context.WithCancel(t.Context())
			written := make(chan error, 1)
			go func() {
				written <- l.Write(ctx, message.DeadLetter{Record: &kgo.Record{Topic: "t", Value: make([]byte, size)}, Reason: message.ReasonRejected})
			}()
			<-sent
			cancel()
			select {
			case err := <-written:
				if !errors.Is(err, context.Canceled) {
					t.Error(err)
				}
			case <-time.After(20 * time.Second):
				t.Error("it still waits")
			}
		})
	}
}

// A producer that was refused an id, as by brokers that had just been told otherwise, writes when it is given one.
func TestProducerWritesWhenItIsGivenAnID(t *testing.T) {
	t.Parallel()
	for _, refusal := range []*kerr.Error{kerr.ClusterAuthorizationFailed, kerr.UnknownServerError} {
		k := kafkatest.Cluster(t, 1, kfake.SeedTopics(1, "dead"))
		l := newProducer(t, k)
		for _, size := range []int{1, aloneFrom} {
			k.Cluster.Fault(kfake.Fault{Keys: []kmsg.Key{kmsg.InitProducerID}, Err: refusal, Count: 1})
			letter := message.DeadLetter{Record: &kgo.Record{Topic: "t", Value: make([]byte, size)}, Reason: message.ReasonUnmatched}
			var err error
			for range 2 {
				if err = l.Write(t.Context(), letter); err == nil {
					break
				}
			}
			if err != nil {
				t.Errorf("%s, %d bytes: %v", refusal.Message, size, err)
			}
		}
	}
}

// Who ends asks brokers nothing more, which may not answer.
func TestCloseAsksNothing(t *testing.T) {
	t.Parallel()
	k := kafkatest.Cluster(t, 1)
	subscribed, asked := make(chan struct{}, 10), make(chan struct{}, 10)
	k.Cluster.ControlKey(int16(kmsg.GetTelemetrySubscriptions), func(kmsg.Request) (kmsg.Response, error, bool) {
		k.Cluster.KeepControl()
		subscribed <- struct{}{}
		return nil, nil, false
	})
	k.Cluster.ControlKey(int16(kmsg.PushTelemetry), func(kmsg.Request) (kmsg.Response, error, bool) {
		k.Cluster.KeepControl()
		asked <- struct{}{}
		return nil, nil, false
	})
	l, err := NewProducer(kafka.Connection{Brokers: k.Addresses()}, "t", zap.NewNop())
	if err != nil {
		t.Fatal(err)
	}
	if err := l.Write(t.Context(), message.DeadLetter{Record: &kgo.Record{Topic: "t"}, Reason: message.ReasonTooLarge}); err != nil {
		t.Fatal(err)
	}
	<-subscribed
	l.Close()
	if len(asked) > 0 {
		t.Error("it tells brokers of its figures")
	}
}

// Whoever stops does not wait for a broker that takes a connection and says nothing.
func TestLooksEndBesideASilentBroker(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		p, err := NewProducer(kafka.Connection{Brokers: []string{"broker:9092"}, Dial: kafkatest.Silent}, "t", zap.NewNop())
		if err != nil {
			t.Fatal(err)
		}
		defer p.Close()
		kafkatest.EndsWithContext(t, func(ctx context.Context) {
			if err := p.Ensure(ctx); err != nil && !errors.Is(err, context.Canceled) {
				t.Error(err)
			}
		})
		kafkatest.EndsWithContext(t, func(ctx context.Context) { p.CheckSize(ctx, []string{"t"}) })
	})
}
