package redrive

import (
	"context"
	"fmt"
	"net/http"
	"net/http/httptest"
	"testing"
	"time"

	"github.com/twmb/franz-go/pkg/kgo"
	"go.uber.org/zap"

	"github.com/sluice-bridge/sluice/bridge/message"
	"github.com/sluice-bridge/sluice/bridge/offsets"
	"github.com/sluice-bridge/sluice/bridge/pipeline"
	"github.com/sluice-bridge/sluice/config"
	"github.com/sluice-bridge/sluice/fake"
	"github.com/sluice-bridge/sluice/resend"
	"github.com/sluice-bridge/sluice/resend/sender"
)

// A letter whose record waits for its schema is sent once when that is there.
func TestLetterWaitsForItsSchema(t *testing.T) {
	t.Setenv("AWS_ACCESS_KEY_ID", "test")
	t.Setenv("AWS_SECRET_ACCESS_KEY", "test")
	asked, answer := make(chan struct{}, 1), make(chan struct{})
	registry := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		select {
		case asked <- struct{}{}:
		default:
		}
		<-answer
		w.Header().Set("Content-Type", "application/json")
		_, _ = fmt.Fprint(w, `{"schema":"\"string\""}`)
	}))
	defer registry.Close()
	aws, err := fake.StartAWS(fake.Options{Queues: []string{"q"}})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = aws.Close() })
	cfg, err := config.Parse(fmt.Appendf(nil, `
kafka: {brokers: ["127.0.0.1:1"], group: g}
aws: {region: eu-west-1, endpoint: %q}
schema_registry: {urls: [%q]}
topics: {t: {format: avro}}
destinations: {q: {sqs: q}}
dead_letter: {destination: q}
rules: [{topics: [t], to: [q]}]
`, aws.URL, registry.URL), "bridge.yaml", nil)
	if err != nil {
		t.Fatal(err)
	}
	s, err := sender.Open(t.Context(), cfg, sender.Options{Log: zap.NewNop(), Destinations: []string{"q"}, Timeout: 30 * time.Second})
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	letters := &deadLetters{known: map[string]bool{"q": true}, origin: func(context.Context, string) (offsets.TopicIdentity, error) {
		return offsets.NewTopicIdentity("c", "t", [16]byte{1}), nil
	}}
	r := newRedrive(&resend.Flow{Sender: s}, letters, nil, 0)
	l := &ledger{stays: -1}
	l.add(0, true)
	r.waiting = 1
	letter := message.DeadLetter{Record: &kgo.Record{Topic: "t", Value: []byte{0, 0, 0, 0, 1, 2, 'x'}}, Destination: "q"}
	go func() { <-asked; close(answer) }()
	if err := r.send(t.Context(), &outgoing{letter, l, &kgo.Record{Topic: "dl"}}); err != nil {
		t.Fatal(err)
	}
	r.each((*pipeline.Pipeline).Flush)
	if err := r.settle(t.Context()); err != nil || r.counts.Redriven != 1 || len(aws.Queue("q").Messages()) != 1 {
		t.Errorf("%v, %+v, %d messages", err, r.counts, len(aws.Queue("q").Messages()))
	}
}
