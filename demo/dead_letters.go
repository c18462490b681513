package demo

import (
	"context"
	"errors"
	"fmt"

	"github.com/twmb/franz-go/pkg/kerr"
	"github.com/twmb/franz-go/pkg/kgo"
)

// deadLetterReader reads the topic of the dead letters and tells the check of them.
type deadLetterReader struct {
	client       *kgo.Client
	topic        string
	check        *Check
	destinations []Destination
}

// openDeadLetters makes the topic as the bridge would, so that it can be read before the first dead letter.
func (w *world) openDeadLetters(ctx context.Context, topic string, check *Check, destinations []Destination) (*deadLetterReader, error) {
	large := "33554432" // a dead letter is larger than its record
	_, err := w.admin.CreateTopic(ctx, -1, -1, map[string]*string{"max.message.bytes": &large}, topic)
	if err != nil && !errors.Is(err, kerr.TopicAlreadyExists) {
		return nil, fmt.Errorf("making the topic %s: %w", topic, err)
	}
	client, err := kgo.NewClient(
		kgo.SeedBrokers(w.kafka.Addresses()...),
		kgo.ConsumeTopics(topic),
		kgo.ConsumeResetOffset(kgo.NewOffset().AtStart()),
	)
	if err != nil {
		return nil, fmt.Errorf("setting up the reader of dead letters: %w", err)
	}
	return &deadLetterReader{client: client, topic: topic, check: check, destinations: destinations}, nil
}

// run reads until ctx ends.
func (l *deadLetterReader) run(ctx context.Context) {
	defer l.client.Close()
	for ctx.Err() == nil {
		l.client.PollFetches(ctx).EachRecord(func(r *kgo.Record) {
			headers := map[string]string{}
			for _, h := range r.Headers {
				headers[h.Key] = string(h.Value)
			}
			dead, err := newDeadLetter(headers["sluice-source"], headers["sluice-destination"], headers["sluice-reason"], r.Value)
			deadLettered(l.check, l.destinations, dead, err)
		})
	}
}
