package sender

import (
	"fmt"
	"maps"
	"strings"
	"testing"
	"time"

	"github.com/twmb/franz-go/pkg/kgo"
	"go.uber.org/zap"

	"github.com/sluice-bridge/sluice/bridge/offsets"
	"github.com/sluice-bridge/sluice/bridge/offsets/progress"
	"github.com/sluice-bridge/sluice/bridge/pipeline"
	"github.com/sluice-bridge/sluice/config"
	"github.com/sluice-bridge/sluice/fake"
	"github.com/sluice-bridge/sluice/telemetry"
)

// opened opens a sender to some destinations of a configuration, to which the endpoint of AWS is added.
func opened(t *testing.T, queues []string, text string, destinations ...string) (*Sender, *fake.AWS, error) {
	t.Helper()
	t.Setenv("AWS_ACCESS_KEY_ID", "test")
	t.Setenv("AWS_SECRET_ACCESS_KEY", "test")
	aws, err := fake.StartAWS(fake.Options{Queues: queues})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = aws.Close() })
	text = fmt.Sprintf("kafka: {brokers: [\"127.0.0.1:1\"], group: g}\naws: {region: eu-west-1, endpoint: %q}\n", aws.URL) + text
	cfg, err := config.Parse([]byte(text), "bridge.yaml", nil)
	if err != nil {
		t.Fatal(err)
	}
	s, err := Open(t.Context(), cfg, Options{Log: zap.NewNop(), Destinations: destinations, Timeout: 30 * time.Second})
	if err == nil {
		t.Cleanup(s.Close)
	}
	return s, aws, err
}

// A sender sends to what it is for, isolated or not, and dead letters to theirs, and counts each once.
func TestSenderCountsWhatBecameOfMessages(t *testing.T) {
	s, aws, err := opened(t, []string{"wanted", "apart", "other", "letters"}, `
destinations: {wanted: {sqs: wanted}, apart: {sqs: apart, isolated: true}, other: {sqs: other}, letters: {sqs: letters}}
dead_letter: {destination: letters}
rules:
  - {topics: [t], match: {type: [order]}, to: [wanted, apart, other]}
  - {topics: [t], match: {type: [noise]}, drop: true}
  - {topics: [t], match: {type: [note]}, to: [letters]}
`, "wanted", "apart")
	if err != nil {
		t.Fatal(err)
	}
	aws.Inject(fake.Fault{Target: "apart", Action: "SendMessageBatch", Effect: fake.FailEntry("InvalidMessageContents", true)})
	part := offsets.NewTracker("t", 0, offsets.NewTopicIdentity("c", "t", [16]byte{1}), s.Window())
	part.Begin(offsets.Position{Epoch: -1}, progress.Progress{})
	records := []*kgo.Record{}
	for i, value := range []string{`{"type":"order"}`, `{"type":"noise"}`, `{"type":"note"}`, `{"type":"noise"}`} {
		records = append(records, &kgo.Record{Topic: "t", Offset: int64(i), Value: []byte(value)})
	}
	p := s.Pipeline(func(*pipeline.Options) {})
	if n, _ := p.Accept(part, records); n != len(records) {
		t.Fatalf("%d records are taken", n)
	}
	p.Flush()
	if !part.Drain(t.Context()) {
		t.Fatal("something is not acknowledged")
	}
	got, want := s.Totals(), telemetry.Totals{Acknowledged: map[string]int64{"wanted": 1, "letters": 1}, DeadLettered: map[string]int64{"apart": 1}, Dropped: 2, Letters: map[string]int64{"rejected": 1}}
	if !maps.Equal(got.Acknowledged, want.Acknowledged) || !maps.Equal(got.DeadLettered, want.DeadLettered) || !maps.Equal(got.Letters, want.Letters) || got.Dropped != want.Dropped {
		t.Errorf("%+v, want %+v", got, want)
	}
	for queue, n := range map[string]int{"wanted": 1, "apart": 0, "other": 0, "letters": 1} {
		if have := len(aws.Queue(queue).Messages()); have != n {
			t.Errorf("%s has %d messages, want %d", queue, have, n)
		}
	}
}

// A destination that cannot be opened is named, and nothing is sent.
func TestSenderNamesWhatCannotBeOpened(t *testing.T) {
	_, _, err := opened(t, []string{"q"}, `
destinations: {there: {sqs: q}, missing: {sqs: nowhere}}
dead_letter: {destination: there}
rules: [{topics: [t], to: [there, missing]}]
`, "there", "missing")
	if err == nil || !strings.HasPrefix(err.Error(), "destination missing cannot be opened: ") {
		t.Errorf("%v", err)
	}
}
