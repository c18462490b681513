package redrive

import (
	"context"
	"fmt"
	"testing"
	"time"

	"github.com/twmb/franz-go/pkg/kgo"
	"go.uber.org/zap"

	"github.com/sluice-bridge/sluice/bridge/message"
	"github.com/sluice-bridge/sluice/config"
	"github.com/sluice-bridge/sluice/fake"
	"github.com/sluice-bridge/sluice/resend"
)

// asked opens a request for the dead letters of a topic, of which one is for a destination and one for nobody.
func asked(t *testing.T) (*Plan, *fake.AWS) {
	t.Helper()
	t.Setenv("AWS_ACCESS_KEY_ID", "test")
	t.Setenv("AWS_SECRET_ACCESS_KEY", "test")
	aws, err := fake.StartAWS(fake.Options{Queues: []string{"q"}})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = aws.Close() })
	broker, err := fake.StartKafka(fake.KafkaOptions{Topics: map[string]int32{"t": 1, "dead": 1}})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(broker.Close)
	client, err := kgo.NewClient(kgo.SeedBrokers(broker.Addresses()...))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(client.Close)
	for i, destination := range []string{"q", ""} {
		header := func(name, value string) kgo.RecordHeader { return kgo.RecordHeader{Key: name, Value: []byte(value)} }
		r := &kgo.Record{Topic: "dead", Value: fmt.Appendf(nil, "v%d", i), Headers: []kgo.RecordHeader{
			header("sluice-source", fmt.Sprintf("t/0/%d", i)), header("sluice-reason", string(message.ReasonRejected)), header("sluice-destination", destination),
			header("sluice-source-timestamp", "1000"), header("sluice-timestamp", "2026-01-31T00:00:00Z"), header("sluice-attempts", "1"),
		}}
		if err := client.ProduceSync(t.Context(), r).FirstErr(); err != nil {
			t.Fatal(err)
		}
	}
	cfg, err := config.Parse(fmt.Appendf(nil, `
kafka: {brokers: [%q], group: g}
aws: {region: eu-west-1, endpoint: %q}
destinations: {q: {sqs: q}}
dead_letter: {kafka: dead}
topics: {t: {format: bytes}}
rules: [{name: some, topics: [t], when: 'key == "nobody"', to: [q]}]
`, broker.Addresses()[0], aws.URL), "bridge.yaml", nil)
	if err != nil {
		t.Fatal(err)
	}
	plan, err := Open(t.Context(), Request{Setup: resend.Setup{Config: cfg, Log: zap.NewNop(), Timeout: 30 * time.Second}})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(plan.Close)
	return plan, aws
}

// What is previewed is what is sent, once: the next redrive finds it done, and what the rules have no destination for.
func TestRedriveSendsWhatItsPreviewSays(t *testing.T) {
	plan, aws := asked(t)
	preview, err := plan.Preview(t.Context(), 100)
	if err != nil || preview.Recorded || preview.Letters != 2 || preview.Goes != 1 {
		t.Fatalf("%+v, %v", preview, err)
	}
	started, err := plan.Start(t.Context(), preview.Destinations(plan.Config.DestinationNames()))
	if err != nil {
		t.Fatal(err)
	}
	result, err := started.Run(t.Context(), context.Background())
	started.Close()
	if err != nil || result.Redriven != 1 || len(result.Stay) != 1 || aws.Queue("q").Count() != 1 {
		t.Errorf("%+v, %v, %d messages", result, err, aws.Queue("q").Count())
	}
	preview, err = plan.Preview(t.Context(), 100)
	if err != nil || !preview.Recorded || preview.Letters != 1 || preview.Goes != 0 {
		t.Errorf("afterwards %+v, %v", preview, err)
	}
}
