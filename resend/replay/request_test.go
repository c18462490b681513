package replay

import (
	"context"
	"errors"
	"fmt"
	"testing"
	"time"

	"github.com/twmb/franz-go/pkg/kgo"
	"go.uber.org/zap"

	"github.com/sluice-bridge/sluice/config"
	"github.com/sluice-bridge/sluice/fake"
	"github.com/sluice-bridge/sluice/resend"
)

// requested is a request under a configuration with the topics t, which has four records, and missing.
func requested(t *testing.T) (Request, *fake.AWS) {
	t.Helper()
	t.Setenv("AWS_ACCESS_KEY_ID", "test")
	t.Setenv("AWS_SECRET_ACCESS_KEY", "test")
	aws, err := fake.StartAWS(fake.Options{Queues: []string{"one", "two"}})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = aws.Close() })
	broker, err := fake.StartKafka(fake.KafkaOptions{Topics: map[string]int32{"t": 1}})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(broker.Close)
	client, err := kgo.NewClient(kgo.SeedBrokers(broker.Addresses()...))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(client.Close)
	for i, kind := range []string{"a", "b", "a", "c"} {
		r := &kgo.Record{Topic: "t", Value: fmt.Appendf(nil, `{"kind":%q}`, kind), Timestamp: time.UnixMilli(int64(1000 * i))}
		if err := client.ProduceSync(t.Context(), r).FirstErr(); err != nil {
			t.Fatal(err)
		}
	}
	cfg, err := config.Parse(fmt.Appendf(nil, `
kafka: {brokers: [%q], group: g}
aws: {region: eu-west-1, endpoint: %q}
destinations: {one: {sqs: one}, two: {sqs: two}}
dead_letter: {destination: two}
rules: [{name: as, topics: [t, missing], match: {kind: [a]}, to: [one]}, {name: bs, topics: [t], match: {kind: [b]}, to: [two]}]
`, broker.Addresses()[0], aws.URL), "bridge.yaml", nil)
	if err != nil {
		t.Fatal(err)
	}
	return Request{Setup: resend.Setup{Config: cfg, Log: zap.NewNop(), Timeout: 30 * time.Second}}, aws
}

// What is previewed is what is sent, to the destinations that get something, and a topic that nobody named may be missing.
func TestReplaySendsWhatItsPreviewSays(t *testing.T) {
	request, aws := requested(t)
	var missing []string
	request.Missing = func(topic string) { missing = append(missing, topic) }
	request.Filter.To = time.UnixMilli(3000)
	request.Filter.Rules = []string{"as"}
	plan, err := Open(t.Context(), request)
	if err != nil {
		t.Fatal(err)
	}
	defer plan.Close()
	preview, err := plan.Preview(t.Context(), 100)
	if err != nil {
		t.Fatal(err)
	}
	destinations := preview.Destinations(plan.Destinations())
	if got, want := fmt.Sprint(preview.Records, preview.Whole, preview.Rows, destinations, missing), "3 true [{t as one  2} {t   filtered 1}] [one] [missing]"; got != want {
		t.Errorf("the preview is %s, want %s", got, want)
	}
	started, err := plan.Start(t.Context(), destinations)
	if err != nil {
		t.Fatal(err)
	}
	defer started.Close()
	result, err := started.Run(t.Context(), context.Background())
	if err != nil || result.ID != plan.ID || result.Acknowledged["one"] != 2 || len(result.Left) != 0 {
		t.Errorf("%v, %+v", err, result)
	}
	if one, two := aws.Queue("one").Count(), aws.Queue("two").Count(); one != 2 || two != 0 {
		t.Errorf("%d and %d messages", one, two)
	}
}

// What the configuration has not, or nothing can be, is a mistake in the request, whoever asks.
func TestReplayRefusesWhatCannotBe(t *testing.T) {
	request, _ := requested(t)
	for text, change := range map[string]func(*Request){
		`destination too is not in the configuration; did you mean two?`:                             func(r *Request) { r.Filter.Destinations = []string{"too"} },
		`"a/b" cannot be the id of a replay; write up to 32 letters, digits, dashes and underscores`: func(r *Request) { r.ID = "a/b" },
		`rule nothing is not in the configuration; it has as, bs`:                                    func(r *Request) { r.Filter.Rules = []string{"nothing"} },
		`topic other is not read under this configuration, so no rule decides on it; correct its name, or name it in a rule`: func(r *Request) {
			r.Topics = []string{"other"}
		},
	} {
		asked := request
		change(&asked)
		_, err := Open(t.Context(), asked)
		if !errors.As(err, new(resend.RequestError)) || err.Error() != text {
			t.Errorf("%v, want %s", err, text)
		}
	}
}
