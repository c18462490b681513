package simulate

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"sync"
	"syscall"
	"time"

	"github.com/twmb/franz-go/pkg/kerr"
	"github.com/twmb/franz-go/pkg/kgo"
	"github.com/twmb/franz-go/pkg/kmsg"
)

const (
	// mostAtOnce is how many records a burst produces at once: they are acknowledged at once.
	mostAtOnce = 20
	// mostBatch is the largest batch that brokers take.
	mostBatch = 8 << 20
)

// writing are the options of clients that produce.
var writing = []kgo.Opt{
	kgo.RecordPartitioner(kgo.ManualPartitioner()), kgo.ProducerBatchCompression(kgo.NoCompression()), kgo.ProducerLinger(0),
	kgo.ProducerBatchMaxBytes(mostBatch),
}

// produce writes a burst, in a few batches.
func (w *world) produce(b Burst, n uint64) error {
	chance := newRandom(w.scenario.Seed, n)
	size := mostAtOnce
	if b.Pack == "tiny" {
		size = b.Count
	}
	batches := max(1, b.Count/size)
	for i := range batches {
		if err := w.produceSome(b, chance, (b.Count+batches-1-i)/batches); err != nil {
			return fmt.Errorf("producing: %w", err)
		}
		if b.Over > 0 {
			sleep(w.ctx, b.Over/time.Duration(batches))
		}
	}
	return nil
}

// produceSome writes so many records of a burst.
func (w *world) produceSome(b Burst, random random, count int) error {
	end := sync.OnceFunc(w.brokers.turn(b.Topic))
	defer end()
	partitions := w.brokers.partitions(b.Topic)
	only := int32(-1)
	if b.Pack == "tiny" {
		only = int32(random.IntN(int(partitions)))
	}
	var records []*record
	for range count {
		records = append(records, w.compose(b, random, partitions, only))
	}
	switch {
	case b.Txn != "":
		return w.transact(b, random, records, end)
	case b.Pack != "" || slices.Contains([]string{"micro", "nano", "log"}, b.Stamps): // which the client does not write
		return w.pack(b, random, records, partitions)
	}
	return w.write(w.producer, records)
}

// compose makes a record of a burst, of one partition unless that is below 0, and gives it its id.
func (w *world) compose(b Burst, random random, partitions, only int32) *record {
	key := random.IntN(max(b.Keys, 1))
	if only >= 0 {
		key = key*int(partitions) + int(only)
	}
	r := &record{topic: b.Topic, partition: int32(key) % partitions, kind: random.IntN(max(b.Kinds, 1)), stamp: b.stamp(random)}
	return w.ledger.produce(r, func() { b.fill(random, w.scenario, r, key) })
}

// stamp is the timestamp of a record, as its producer has it.
func (b *Burst) stamp(random random) int64 {
	now := time.Now()
	switch b.Stamps {
	case "old":
		return now.Add(-time.Duration(random.IntN(1000)) * 24 * time.Hour).UnixMilli()
	case "future":
		return now.Add(time.Duration(random.IntN(1000)) * 24 * time.Hour).UnixMilli()
	case "micro": // by mistake
		return now.UnixMicro()
	case "nano":
		return now.UnixNano()
	case "log":
		return unstamped
	}
	return now.UnixMilli()
}

// write produces records as clients do.
func (w *world) write(client *kgo.Client, all []*record) error {
	var records []*kgo.Record
	mine := map[*kgo.Record]*record{}
	for _, r := range all {
		k := &kgo.Record{Topic: r.topic, Partition: r.partition, Key: r.key, Value: r.value, Headers: r.headers, Timestamp: time.UnixMilli(r.stamp)}
		records, mine[k] = append(records, k), r
	}
	for _, res := range client.ProduceSync(w.ctx, records...) {
		if res.Err != nil {
			return res.Err
		}
		w.ledger.produced(mine[res.Record], res.Record.Offset, mine[res.Record].stamp)
	}
	return nil
}

// pack produces records in as few batches as brokers take, packed as the burst has it, or hostile batches
// among them.
func (w *world) pack(b Burst, random random, all []*record, partitions int32) error {
	byPartition := make([][]*record, partitions)
	for _, r := range all {
		byPartition[r.partition] = append(byPartition[r.partition], r)
	}
	for partition, records := range byPartition {
		if len(records) == 0 {
			continue
		}
		if hostile[b.Pack] != nil && random.one(hostileOneIn(b.Pack)) {
			if err := w.packHostile(b, int32(partition)); err != nil {
				return err
			}
		}
		for len(records) > 0 {
			n := fitting(records)
			if err := w.packOne(b, int32(partition), records[:n]); err != nil {
				return err
			}
			records = records[n:]
		}
	}
	return nil
}

// fitting returns how many records, at least one, brokers take in one batch.
func fitting(records []*record) int {
	const around = 1 << 10 // a record without what it holds
	size := 0
	for i, r := range records {
		size += around + len(r.key) + len(r.value)
		for _, h := range r.headers {
			size += len(h.Key) + len(h.Value)
		}
		if size > mostBatch && i > 0 {
			return i
		}
	}
	return len(records)
}

// packOne produces records of a partition in one batch.
func (w *world) packOne(b Burst, partition int32, records []*record) error {
	packed, err := newBatch(records, b.Pack)
	if err != nil {
		return err
	}
	base, stamp, err := w.produceBatch(b.Topic, partition, packed.encode())
	if err != nil {
		return err
	}
	for i, r := range records {
		if base < 0 {
			w.ledger.lost(r)
			continue
		}
		if r.stamp != unstamped {
			stamp = r.stamp
		}
		w.ledger.produced(r, base+int64(i), stamp)
	}
	return nil
}

// packHostile produces a batch that cannot be read. It stands in the ledger as one record.
func (w *world) packHostile(b Burst, partition int32) error {
	now := time.Now().UnixMilli()
	packed := &batch{first: now, latest: now}
	r := &record{topic: b.Topic, partition: partition, kind: -1, stamp: now, flavours: []string{b.Pack}}
	r.unpacked, r.damage = hostile[b.Pack](packed)
	raw := packed.encode()
	r.packed.bytes, r.packed.codec = len(raw), packed.codecName()
	w.ledger.produce(r, func() { r.span = int64(packed.count) })
	base, _, err := w.produceBatch(b.Topic, partition, raw)
	switch {
	case err != nil:
		return err
	case base < 0:
		w.ledger.lost(r)
	default:
		w.ledger.produced(r, base, now)
	}
	return nil
}

// produceBatch writes a batch as it is, and returns the offset of its first record and, where the log has
// stamped it, the timestamp. The offset is negative where nobody can say whether it was stored.
func (w *world) produceBatch(topic string, partition int32, raw []byte) (base, stamp int64, err error) {
	for w.ctx.Err() == nil {
		meta, err := w.admin.Metadata(w.ctx, topic)
		if err != nil || meta.Topics[topic].Err != nil || meta.Topics[topic].Partitions[partition].Err != nil {
			sleep(w.ctx, time.Second)
			continue
		}
		p := kmsg.NewProduceRequestTopicPartition()
		p.Partition, p.Records = partition, raw
		t := kmsg.NewProduceRequestTopic()
		t.Topic, t.TopicID, t.Partitions = topic, meta.Topics[topic].ID, append(t.Partitions, p)
		req := kmsg.NewPtrProduceRequest()
		req.Acks, req.TimeoutMillis, req.Topics = -1, 10_000, append(req.Topics, t)
		answer, err := w.producer.Broker(int(meta.Topics[topic].Partitions[partition].Leader)).Request(w.ctx, req)
		if errors.Is(err, syscall.ECONNREFUSED) {
			sleep(w.ctx, time.Second)
			continue
		}
		if err != nil {
			return -1, 0, nil //nolint:nilerr // it may be written: where is found out
		}
		got := answer.(*kmsg.ProduceResponse).Topics[0].Partitions[0]
		switch err := kerr.ErrorForCode(got.ErrorCode); {
		case err == nil:
			return got.BaseOffset, got.LogAppendTime, nil
		case errors.Is(err, kerr.RequestTimedOut), errors.Is(err, kerr.NotEnoughReplicasAfterAppend):
			return -1, 0, nil
		case kerr.IsRetriable(err):
			sleep(w.ctx, time.Second)
		default:
			return -1, 0, err
		}
	}
	return -1, 0, context.Cause(w.ctx)
}
