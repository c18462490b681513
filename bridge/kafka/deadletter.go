package kafka

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strconv"

	"github.com/twmb/franz-go/pkg/kadm"
	"github.com/twmb/franz-go/pkg/kerr"
	"github.com/twmb/franz-go/pkg/kgo"
	"go.uber.org/zap"

	"github.com/sluice-bridge/sluice/bridge/memory"
	"github.com/sluice-bridge/sluice/bridge/message"
	"github.com/sluice-bridge/sluice/internal/turn"
)

const (
	// maxLetterBytes is the largest dead letter that a topic of our own making takes: any record that a
	// source topic is likely to hold.
	maxLetterBytes = 32 << 20
	// requestBytes is the largest request that brokers take (socket.request.max.bytes is that by default),
	// and so the largest dead letter but for some bytes.
	requestBytes = 100 << 20
	// batchBytes bounds what is written at once: a topic takes that if nobody has narrowed it
	// (max.message.bytes is 1,048,588 by default). A batch that is refused for its size is refused as
	// a whole, and the client does not split it.
	batchBytes = 1_000_000
	// aloneFrom is the size of record from which it is written alone.
	aloneFrom = batchBytes / 2
)

// Letters writes dead letters to a topic. It implements bridge.LetterWriter.
type Letters struct {
	topic   string
	batches *producer
	singles *producer // used by one at a time, so that a batch holds one letter
	alone   turn.Turn // of who uses it
}

// NewLetters returns a writer that is not yet connected.
func NewLetters(c Connection, topic string, log *zap.Logger) (*Letters, error) {
	opts, err := c.Options()
	if err != nil {
		return nil, err
	}
	opts = append(opts,
		kgo.DefaultProduceTopic(topic),
		kgo.RequiredAcks(kgo.AllISRAcks()),
		kgo.ProducerBatchCompression(kgo.ZstdCompression(), kgo.NoCompression()),
		kgo.UnknownTopicRetries(-1),
		kgo.WithLogger(ClientLogger(log)),
	)
	l := &Letters{topic: topic, alone: turn.New()}
	if l.batches, err = newProducer(append(slices.Clone(opts), kgo.ProducerBatchMaxBytes(batchBytes))...); err != nil {
		return nil, err
	}
	l.singles, err = newProducer(append(slices.Clone(opts), kgo.ProducerBatchMaxBytes(requestBytes))...)
	return l, err
}

func (l *Letters) admin() *kadm.Client { return kadm.NewClient(l.batches.now()) }

// ErrCreate marks a topic that is missing and cannot be created.
var ErrCreate = errors.New("cannot be created")

// Ensure creates the topic where it is missing: with the broker's default partitions and
// replication, kept for ever, and taking records of any size the sources may hold. The error wraps
// ErrCreate where trying again is of no use.
func (l *Letters) Ensure(ctx context.Context) error {
	found, err := l.admin().ListTopics(ctx, l.topic)
	if err == nil {
		err = found.Error()
	}
	if err == nil {
		return nil
	}
	if !errors.Is(err, kerr.UnknownTopicOrPartition) {
		return err
	}
	_, err = l.admin().CreateTopic(ctx, -1, -1, map[string]*string{
		"retention.ms":  kadm.StringPtr("-1"),
		maxMessageBytes: kadm.StringPtr(strconv.Itoa(maxLetterBytes)),
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
func (l *Letters) Write(ctx context.Context, letter message.DeadLetter) error {
	return l.produce(ctx, *letterRecord(letter))
}

// Retire ends the producers once all that was given to them is acknowledged or refused, or ctx ends: what
// is not written by then fails.
func (l *Letters) Retire(ctx context.Context) {
	_ = l.batches.now().Flush(ctx) // fails with ctx only
	_ = l.singles.now().Flush(ctx)
	l.Close()
}

// produce writes a record with others, or alone where it is large or was refused with others.
func (l *Letters) produce(ctx context.Context, r kgo.Record) error {
	if memory.Payload(&r) < aloneFrom {
		record := r // the client keeps and changes it
		err := l.batches.write(ctx, &record)
		if !errors.Is(err, kerr.MessageTooLarge) {
			return err
		}
	}
	if err := l.alone.Take(ctx); err != nil { // brokers may let the one before wait for as long as they like
		return err
	}
	defer l.alone.Give()
	err := l.singles.write(ctx, &r)
	if errors.Is(err, kerr.MessageTooLarge) {
		return l.tooLarge(ctx, int(memory.Payload(&r)), err)
	}
	return err
}

// tooLarge words why a letter does not fit, and what to do: the next try finds what was done.
func (l *Letters) tooLarge(ctx context.Context, size int, err error) error {
	if size > requestBytes-letterHeaders {
		return fmt.Errorf("it has %d bytes, and brokers take requests of up to %d; have a rule drop the record, or stop the bridge and move its group past it with kafka-consumer-groups.sh --reset-offsets (%w)", size, requestBytes, err)
	}
	room := "less"
	if sizes, unknown := messageBytes(ctx, l.admin(), l.topic); unknown == nil && sizes[l.topic] > 0 {
		room = strconv.Itoa(sizes[l.topic])
	}
	return fmt.Errorf("it has %d bytes and topic %s takes %s; %s (%w)", size, l.topic, room, widen(l.topic, size), err)
}

// Room is LetterRoom of the topic.
func (l *Letters) Room(ctx context.Context, topics []string) string {
	return LetterRoom(ctx, l.admin(), l.topic, topics)
}

// Close ends the producers; what was not acknowledged is not settled either.
func (l *Letters) Close() {
	l.batches.close()
	l.singles.close()
}
