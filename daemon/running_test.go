package daemon

import (
	"context"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/twmb/franz-go/pkg/kgo"
	"go.uber.org/zap"
	"go.uber.org/zap/zaptest/observer"

	"github.com/sluice-bridge/sluice/fake"
)

// plain is a configuration to run.
const plain = `
destinations: {a: {sqs: q}}
rules: [{topics: [t], to: [a]}]
dead_letter: {destination: a}
`

// running is a daemon between the embedded services, with a topic t of one partition.
type running struct {
	*Daemon
	t      *testing.T
	aws    *fake.AWS
	broker *fake.Kafka
	client *kgo.Client
	ctx    context.Context
	// stop and abort are the two signals.
	stop, abort context.CancelFunc
	ended       chan error
	logs        *observer.ObservedLogs
}

// run starts a daemon with a configuration, in which the brokers, the endpoint of AWS and so on are
// added, and stops it at the end.
func run(t *testing.T, queues []string, text string) *running {
	t.Helper()
	t.Setenv("AWS_ACCESS_KEY_ID", "test")
	t.Setenv("AWS_SECRET_ACCESS_KEY", "test")
	broker, err := fake.StartKafka(fake.KafkaOptions{Topics: map[string]int32{"t": 1}})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(broker.Close)
	aws, err := fake.StartAWS(fake.Options{Queues: queues})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = aws.Close() })
	client, err := kgo.NewClient(kgo.SeedBrokers(broker.Addresses()...))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(client.Close)
	core, logs := observer.New(zap.InfoLevel)
	r := &running{Daemon: New(Options{Log: zap.New(core)}), logs: logs, t: t, aws: aws, broker: broker, client: client, ended: make(chan error, 1)}
	r.ctx = t.Context()
	stop, cancelStop := context.WithCancel(context.Background())
	abort, cancelAbort := context.WithCancel(context.Background())
	r.stop, r.abort = cancelStop, cancelAbort
	cfg := loaded(t, r.configured(text))
	go func() { r.ended <- r.Run(stop, abort, cfg) }()
	t.Cleanup(func() {
		cancelStop()
		cancelAbort()
		if err := <-r.ended; err != nil {
			t.Error(err)
		}
	})
	r.until("the daemon runs", func() bool { return len(r.sources()) > 0 })
	return r
}

// configured completes a configuration.
func (r *running) configured(text string) string {
	text = strings.ReplaceAll(text, "QUICK", "batch: {linger: 1ms}, retry: {initial: 10ms, max: 50ms}")
	return fmt.Sprintf("kafka: {brokers: [%q], group: g}\naws: {region: eu-west-1, endpoint: %q}\nadmin: {listen: \"\"}\n", r.broker.Addresses()[0], r.aws.URL) + text
}

func (r *running) reload(text string) {
	r.t.Helper()
	if err := r.Reload(r.ctx, loaded(r.t, r.configured(text))); err != nil {
		r.t.Fatal(err)
	}
}

func (r *running) produce(value string) {
	r.t.Helper()
	ctx, cancel := context.WithTimeout(r.ctx, 20*time.Second)
	defer cancel()
	if err := r.client.ProduceSync(ctx, &kgo.Record{Topic: "t", Key: []byte("group"), Value: []byte(value)}).FirstErr(); err != nil {
		r.t.Fatal(err)
	}
}

// until waits for something, while the daemon runs.
func (r *running) until(what string, cond func() bool) {
	r.t.Helper()
	for deadline := time.Now().Add(90 * time.Second); !cond(); time.Sleep(time.Millisecond) {
		select {
		case err := <-r.ended:
			r.ended <- err
			r.t.Fatalf("the daemon ended before %s: %v", what, err)
		default:
		}
		if time.Now().After(deadline) {
			r.t.Fatalf("waited too long until %s; problems: %v", what, r.Board().Problems())
		}
	}
}

// bodies are what has arrived in a queue, in order, without repetitions.
func (r *running) bodies(queue string) (all []string) {
	for _, m := range r.aws.Queue(queue).Messages() {
		all = append(all, m.Body)
	}
	return all
}
