package daemon

import (
	"context"
	"fmt"
	"slices"
	"testing"
	"time"

	"github.com/twmb/franz-go/pkg/kgo"
	"go.uber.org/zap"

	"github.com/sluice-bridge/sluice/fake"
)

// A FIFO destination that a reload changes gets nothing of the new lane while the old one still tries
// what came before.
func TestOrderAcrossReload(t *testing.T) {
	t.Setenv("AWS_ACCESS_KEY_ID", "test")
	t.Setenv("AWS_SECRET_ACCESS_KEY", "test")
	broker, err := fake.StartKafka(fake.KafkaOptions{Topics: map[string]int32{"t": 1}})
	if err != nil {
		t.Fatal(err)
	}
	defer broker.Close()
	aws, err := fake.StartAWS(fake.Options{Queues: []string{"q.fifo"}})
	if err != nil {
		t.Fatal(err)
	}
	defer aws.Close()
	first := func(e fake.Entry) bool { return e.Body == "1" }
	failing := aws.Inject(fake.Fault{Target: "q.fifo", Action: "SendMessageBatch", When: first, Effect: fake.FailEntry("InternalError", false)})

	client, err := kgo.NewClient(kgo.SeedBrokers(broker.Addresses()...))
	if err != nil {
		t.Fatal(err)
	}
	defer client.Close()
	ctx, cancel := context.WithTimeout(t.Context(), 60*time.Second)
	defer cancel()
	produce := func(value string) {
		t.Helper()
		if err := client.ProduceSync(ctx, &kgo.Record{Topic: "t", Key: []byte("group"), Value: []byte(value)}).FirstErr(); err != nil {
			t.Fatal(err)
		}
	}
	configured := func(concurrency int) string {
		return fmt.Sprintf(`
kafka: {brokers: [%s], group: g}
aws: {region: eu-west-1, endpoint: "%s"}
destinations: {a: {sqs: q.fifo, concurrency: %d, batch: {linger: 1ms}, retry: {initial: 10ms, max: 50ms}}}
rules: [{topics: [t], to: [a]}]
admin: {listen: ""}
`, broker.Addresses()[0], aws.URL, concurrency)
	}
	d := New(Options{Log: zap.NewNop()})
	ended := make(chan error, 1)
	go func() { ended <- d.Run(ctx, ctx, loaded(t, configured(1))) }()
	until := func(what string, cond func() bool) {
		t.Helper()
		for !cond() {
			select {
			case err := <-ended:
				t.Fatalf("the daemon ended before %s: %v", what, err)
			case <-time.After(time.Millisecond):
			}
		}
	}

	produce("1")
	until("the first was tried", func() bool { return failing.Hits() > 0 })
	if err := d.Reload(ctx, loaded(t, configured(2))); err != nil {
		t.Fatal(err)
	}
	produce("2")
	until("the second was read", func() bool { return d.Lag() == 2 })
	// By then a lane that waits for nobody would have sent it.
	const tries = 10
	from := failing.Hits()
	until("the first was tried again", func() bool { return failing.Hits() >= from+tries })
	queue := aws.Queue("q.fifo")
	if queue.Count() > 0 {
		t.Error("the second overtook the first")
	}
	failing.Remove()
	until("both arrived", func() bool { return queue.Count() == 2 })
	var got []string
	for _, m := range queue.Messages() {
		got = append(got, m.Body)
	}
	if !slices.Equal(got, []string{"1", "2"}) {
		t.Errorf("arrived: %q", got)
	}
	cancel()
	if err := <-ended; err != nil {
		t.Error(err)
	}
}
