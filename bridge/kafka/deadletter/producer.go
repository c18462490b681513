package deadletter

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"slices"
	"strconv"

	"github.com/twmb/franz-go/pkg/kadm"
	"github.com/twmb/franz-go/pkg/kerr"
	"github.com/twmb/franz-go/pkg/kgo"
	"go.uber.org/zap"

	"github.com/sluice-bridge/sluice/bridge/kafka"
	"github.com/sluice-bridge/sluice/bridge/memory"
	"github.com/sluice-bridge/sluice/bridge/message"
	"github.com/sluice-bridge/sluice/internal/turn"
)

const (
	// maxRecordBytes is the largest dead letter that a topic of our own making takes: any record that a
	// source topic is likely to hold.
	maxRecordBytes = 32 << 20
	// maxRequestBytes is the largest request that brokers take (socket.request.max.bytes is that by default),
	// and so the largest dead letter but for some bytes.
	maxRequestBytes = 100 << 20
	// maxBatchBytes bounds what is written at once: a topic takes that if nobody has narrowed it
	// (max.message.bytes is 1,048,588 by default). A batch that is refused for its size is refused as
	// a whole, and the client does not split it.
	maxBatchBytes = 1_000_000
	// aloneFrom is the size of record from which it is written alone.
	aloneFrom = maxBatchBytes / 2
)

// Producer writes dead letters to a topic. It implements delivery.DeadLetterWriter.
type Producer struct {
	topic   string
	batches *renewingClient
	singles *renewingClient // used by one at a time, so that a batch holds one letter
	alone   turn.Turn       // of who uses it
}

// NewProducer returns a writer that is not yet connected.
func NewProducer(c kafka.Connection, topic string, log *zap.Logger) (*Producer, error) {
	opts, err := c.Options()
	if err != nil {
		return nil, err
	}
	opts = append(opts,
		kgo.DefaultProduceTopic(topic),
		kgo.RequiredAcks(kgo.AllISRAcks()),
		kgo.ProducerBatchCompression(kgo.ZstdCompression(), kgo.NoCompression()),
		kgo.UnknownTopicRetries(-1),
		kgo.WithLogger(kafka.ClientLogger(log)),
	)
	p := &Producer{topic: topic, alone: turn.New()}
	if p.batches, err = newRenewingClient(append(slices.Clone(opts), kgo.ProducerBatchMaxBytes(maxBatchBytes))...); err != nil {
		return nil, err
	}
	p.singles, err = newRenewingClient(append(slices.Clone(opts), kgo.ProducerBatchMaxBytes(maxRequestBytes))...)
	return p, err
}

func (p *Producer) admin() *kadm.Client { return kadm.NewClient(p.batches.current()) }

// ErrCreate marks a topic that is missing and cannot be created.
var ErrCreate = errors.New("cannot be created")

// Ensure creates the topic where it is missing: with the broker's default partitions and
// replication, kept for ever, and taking records of any size the sources may hold. The error wraps
// ErrCreate where trying again is of no use.
func (p *Producer) Ensure(ctx context.Context) error {
	failed, err := within(ctx, func() error { return p.ensure(ctx) })
	return cmp.Or(err, failed)
}

func (p *Producer) ensure(ctx context.Context) error {
	found, err := p.admin().ListTopics(ctx, p.topic)
	if err == nil {
		err = found.Error()
	}
	if err == nil {
		return nil
	}
	if !errors.Is(err, kerr.UnknownTopicOrPartition) {
		return err
	}
	_, err = p.admin().CreateTopic(ctx, -1, -1, map[string]*string{
		"retention.ms":  kadm.StringPtr("-1"),
		maxMessageBytes: kadm.StringPtr(strconv.Itoa(maxRecordBytes)),
	}, p.topic)
	var refused *kerr.Error
	switch {
	case err == nil, errors.Is(err, kerr.TopicAlreadyExists):
		return nil
	case errors.As(err, &refused) && !refused.Retriable:
		return fmt.Errorf("dead-letter topic %s is missing and %w: %w", p.topic, ErrCreate, err)
	default:
		return err
	}
}

// Write produces the record as it was, with headers that say what happened to it.
func (p *Producer) Write(ctx context.Context, letter message.DeadLetter) error {
	return p.produce(ctx, *recordOf(letter))
}

// Retire ends the producers once all that was given to them is acknowledged or refused, or ctx ends: what
// is not written by then fails.
func (p *Producer) Retire(ctx context.Context) {
	_ = p.batches.current().Flush(ctx) // fails with ctx only
	_ = p.singles.current().Flush(ctx)
	p.Close()
}

// produce writes a record with others, or alone where it is large or was refused with others.
func (p *Producer) produce(ctx context.Context, r kgo.Record) error {
	if memory.Payload(&r) < aloneFrom {
		record := r // the client keeps and changes it
		err := p.batches.write(ctx, &record)
		if !errors.Is(err, kerr.MessageTooLarge) {
			return err
		}
	}
	if err := p.alone.Take(ctx); err != nil { // brokers may let the one before wait for as long as they like
		return err
	}
	defer p.alone.Give()
	err := p.singles.write(ctx, &r)
	if errors.Is(err, kerr.MessageTooLarge) {
		return p.tooLarge(ctx, int(memory.Payload(&r)), err)
	}
	return err
}

// tooLarge words why a letter does not fit, and what to do: the next try finds what was done.
func (p *Producer) tooLarge(ctx context.Context, size int, err error) error {
	if size > maxRequestBytes-headerBytes {
		return fmt.Errorf("it has %d bytes, and brokers take requests of up to %d; have a rule drop the record, or stop the bridge and move its group past it with kafka-consumer-groups.sh --reset-offsets (%w)", size, maxRequestBytes, err)
	}
	room := "less"
	if sizes, unknown := sizeLimits(ctx, p.admin(), p.topic); unknown == nil && sizes[p.topic] > 0 {
		room = strconv.Itoa(sizes[p.topic])
	}
	return fmt.Errorf("it has %d bytes and topic %s takes %s; %s (%w)", size, p.topic, room, raiseLimit(p.topic, size), err)
}

// CheckSize is that of the topic; empty where ctx ends first.
func (p *Producer) CheckSize(ctx context.Context, topics []string) string {
	says, _ := within(ctx, func() string { return CheckSize(ctx, p.admin(), p.topic, topics) })
	return says
}

// within does something until ctx ends, and then returns its error. The client greets a broker whatever becomes of what is
// asked: that ends with the producers.
func within[T any](ctx context.Context, do func() T) (is T, err error) {
	done := make(chan T, 1)
	go func() { done <- do() }()
	select {
	case is = <-done:
		return is, nil
	case <-ctx.Done():
		return is, ctx.Err()
	}
}

// Close ends the producers; what was not acknowledged is not settled either.
func (p *Producer) Close() {
	p.batches.close()
	p.singles.close()
}
