package parts

import (
	"context"
	"errors"
	"testing"
	"time"

	"github.com/twmb/franz-go/pkg/kadm"
	"github.com/twmb/franz-go/pkg/kgo"
)

func connect(t *testing.T, addr string, opts ...kgo.Opt) *kgo.Client {
	t.Helper()
	cl, err := kgo.NewClient(append(opts, kgo.SeedBrokers(addr))...)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(cl.Close)
	return cl
}

func createTopic(ctx context.Context, t *testing.T, addr, topic string) {
	t.Helper()
	if _, err := kadm.NewClient(connect(t, addr)).CreateTopic(ctx, 1, 1, nil, topic); err != nil {
		t.Fatal(err)
	}
}

func produce(ctx context.Context, t *testing.T, addr, topic, value string) {
	t.Helper()
	record := &kgo.Record{Topic: topic, Value: []byte(value)}
	if err := connect(t, addr).ProduceSync(ctx, record).FirstErr(); err != nil {
		t.Fatal(err)
	}
}

// consume returns the next n values for the group, commits them and leaves the group.
func consume(ctx context.Context, t *testing.T, addr, topic, group string, n int) []string {
	t.Helper()
	cl := connect(t, addr, kgo.ConsumeTopics(topic), kgo.ConsumerGroup(group), kgo.DisableAutoCommit(),
		kgo.ConsumeResetOffset(kgo.NewOffset().AtStart()))
	var values []string
	for len(values) < n {
		fetches := cl.PollFetches(ctx)
		if err := ctx.Err(); err != nil {
			t.Fatalf("got %v, want %d values: %v", values, n, err)
		}
		fetches.EachRecord(func(r *kgo.Record) { values = append(values, string(r.Value)) })
	}
	if err := cl.CommitUncommittedOffsets(ctx); err != nil {
		t.Fatal(err)
	}
	cl.Close() // now, or the next member would wait for this one
	return values
}

func TestKafkaServesConsumerGroups(t *testing.T) {
	addr := Kafka(t)
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	defer cancel()
	createTopic(ctx, t, addr, t.Name())
	produce(ctx, t, addr, t.Name(), "one")
	if got := consume(ctx, t, addr, t.Name(), t.Name(), 1); got[0] != "one" {
		t.Errorf("consumed %q, want %q", got, "one")
	}
}

func TestKafkaKeepsAddressAndDataThroughEveryEnd(t *testing.T) {
	ctx, cancel := context.WithTimeout(t.Context(), 2*time.Minute)
	defer cancel()
	k := OwnKafka(t)
	addr := k.Addr
	createTopic(ctx, t, addr, "orders")

	again := func(what string, end func() error) {
		t.Helper()
		produce(ctx, t, addr, "orders", what)
		if err := end(); err != nil {
			t.Fatal(err)
		}
		began := time.Now()
		if err := k.Start(ctx); err != nil {
			t.Fatal(err)
		}
		t.Logf("%s: up again in %v", what, time.Since(began).Round(time.Millisecond))
		if k.Addr != addr {
			t.Errorf("after %s the address is %s, want %s", what, k.Addr, addr)
		}
		if got := consume(ctx, t, addr, "orders", "group", 1); got[0] != what {
			t.Errorf("after %s the group reads %q", what, got)
		}
	}
	again("a stop", k.Stop)
	again("a kill", k.Kill)
	again("a second kill", k.Kill)
	if err := k.Kill(); err != nil || k.PID() != 0 {
		t.Errorf("after a kill: error %v, process id %d", err, k.PID())
	}
}

func TestAPausedKafkaAcceptsAndDoesNotAnswer(t *testing.T) {
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	defer cancel()
	k := OwnKafka(t)
	if err := k.Pause(); err != nil {
		t.Fatal(err)
	}
	short, stop := context.WithTimeout(ctx, 500*time.Millisecond)
	defer stop()
	if err := kafkaReady(short, k.Addr); !errors.Is(err, context.DeadlineExceeded) {
		t.Errorf("a paused broker gave %v, want silence", err)
	}
	if err := k.Resume(); err != nil {
		t.Fatal(err)
	}
	if err := k.awaitReady(ctx); err != nil {
		t.Error(err)
	}
}
