package kafka

import (
	"context"
	"errors"
	"fmt"
	"strconv"

	"github.com/twmb/franz-go/pkg/kadm"
	"github.com/twmb/franz-go/pkg/kerr"
	"github.com/twmb/franz-go/pkg/kgo"
	"go.uber.org/zap"

	"github.com/sluice-bridge/sluice/bridge"
)

// maxLetterBytes is the largest dead letter: any record that a source topic is likely to hold.
const maxLetterBytes = 32 << 20

// Letters writes dead letters to a topic. It implements bridge.LetterWriter.
type Letters struct {
	topic  string
	client *kgo.Client
	admin  *kadm.Client
}

// NewLetters returns a writer that is not yet connected.
func NewLetters(c Connection, topic string, log *zap.Logger) (*Letters, error) {
	opts, err := c.Options()
	if err != nil {
		return nil, err
	}
	client, err := kgo.NewClient(append(opts,
		kgo.DefaultProduceTopic(topic),
		kgo.RequiredAcks(kgo.AllISRAcks()),
		kgo.ProducerBatchMaxBytes(maxLetterBytes),
		kgo.ProducerBatchCompression(kgo.ZstdCompression(), kgo.NoCompression()),
		kgo.UnknownTopicRetries(-1),
		kgo.WithLogger(clientLogger(log)),
	)...)
	if err != nil {
		return nil, fmt.Errorf("setting up the dead-letter producer: %w", err)
	}
	return &Letters{topic: topic, client: client, admin: kadm.NewClient(client)}, nil
}

// ErrCreate marks a topic that is missing and can not be created.
var ErrCreate = errors.New("can not be created")

// Ensure creates the topic where it is missing: with the broker's default partitions and
// replication, kept for ever, and taking records of any size the sources may hold. The error wraps
// ErrCreate where trying again is of no use.
func (l *Letters) Ensure(ctx context.Context) error {
	found, err := l.admin.ListTopics(ctx, l.topic)
	if err == nil {
		err = found.Error()
	}
	if err == nil {
		return nil
	}
	if !errors.Is(err, kerr.UnknownTopicOrPartition) {
		return err
	}
	_, err = l.admin.CreateTopic(ctx, -1, -1, map[string]*string{
		"retention.ms":      kadm.StringPtr("-1"),
		"max.message.bytes": kadm.StringPtr(strconv.Itoa(maxLetterBytes)),
	}, l.topic)
	var refused *kerr.Error
	switch {
	case err == nil, errors.Is(err, kerr.TopicAlreadyExists):
		return nil
	case errors.As(err, &refused) && !refused.Retriable:
		return fmt.Errorf("dead-letter topic %s is missing and %w: %w", l.topic, ErrCreate, err)
	default:
		return err
	}
}

// Write produces the record as it was, with headers that say what happened to it.
func (l *Letters) Write(ctx context.Context, letter bridge.DeadLetter) error {
	return l.client.ProduceSync(ctx, letterRecord(letter)).FirstErr()
}

// Retire ends the producer once all that was given to it is acknowledged or refused, or ctx ends.
func (l *Letters) Retire(ctx context.Context) {
	_ = l.client.Flush(ctx) // fails with ctx only
	l.Close()
}

// Close ends the producer; what was not acknowledged is not settled either.
func (l *Letters) Close() { l.client.Close() }
