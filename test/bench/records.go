package main

import (
	"context"
	"fmt"
	"math/rand/v2"
	"strconv"

	"github.com/twmb/franz-go/pkg/kadm"
	"github.com/twmb/franz-go/pkg/kgo"
)

// The number of a record stands in its value, at a fixed place, so that the far end can tell what
// is missing and what came twice.
const (
	numberAt     = len(`{"id":"`)
	numberDigits = 10
)

// Fields that rules look at take so many values, one after the other.
const (
	types = 10
	shops = 100
	skus  = 1000
)

// value is the JSON value of the n-th record: a few fields that rules look at, then lines of
// random letters up to the size.
func value(n, size int) []byte {
	b := fmt.Appendf(make([]byte, 0, size), `{"id":"%0*d","type":"order.%d","shop":"s-%03d","sku":"k-%04d","amount":%d`,
		numberDigits, n, n%types, n%shops, n%skus, n%500)
	random := rand.New(rand.NewPCG(uint64(n), 1))
	for line := 0; ; line++ {
		room := size - len(b) - len(`,"l00":""}`)
		if room <= 0 {
			return append(b, '}')
		}
		if room < 40 {
			return append(appendLine(b, line, room, random), '}')
		}
		b = appendLine(b, line, 16, random)
	}
}

func appendLine(b []byte, line, size int, random *rand.Rand) []byte {
	b = fmt.Appendf(b, `,"l%02d":"`, line%100)
	for range size {
		b = append(b, 'a'+byte(random.UintN(26)))
	}
	return append(b, '"')
}

// numberOf reads the number of a record from its value.
func numberOf(body []byte) (int, bool) {
	if len(body) < numberAt+numberDigits {
		return 0, false
	}
	n, err := strconv.Atoi(string(body[numberAt : numberAt+numberDigits]))
	return n, err == nil
}

// record is the n-th record. Records of one key are in one partition.
func (d data) record(n int) *kgo.Record {
	key := n % d.keys
	return &kgo.Record{
		Partition: int32(key % d.partitions),
		Key:       fmt.Appendf(nil, "customer-%04d", key),
		Value:     value(n, d.bytes),
		Headers:   []kgo.RecordHeader{{Key: "x-correlation-id", Value: fmt.Appendf(nil, "%08x-5a1e-4000-8000-%012x", n*2654435761&0xffffffff, n)}},
	}
}

// codecs are the compressions by name.
var codecs = map[string]kgo.CompressionCodec{
	"none": kgo.NoCompression(), "snappy": kgo.SnappyCompression(), "zstd": kgo.ZstdCompression(), "lz4": kgo.Lz4Compression(),
}

// fill makes a topic and writes its records; with no records, the topic alone.
func fill(ctx context.Context, broker, topic string, d data) error {
	cl, err := kgo.NewClient(kgo.SeedBrokers(broker), kgo.DefaultProduceTopic(topic), kgo.RecordPartitioner(kgo.ManualPartitioner()),
		kgo.ProducerBatchCompression(codecs[d.compression]), kgo.MaxBufferedBytes(64<<20))
	if err != nil {
		return err
	}
	defer cl.Close()
	if _, err := kadm.NewClient(cl).CreateTopic(ctx, int32(d.partitions), 1, nil, topic); err != nil {
		return fmt.Errorf("creating topic %s: %w", topic, err)
	}
	var failed error
	for n := range d.records {
		cl.Produce(ctx, d.record(n), func(_ *kgo.Record, err error) {
			if err != nil {
				failed = err // callbacks come one at a time
			}
		})
	}
	if err := cl.Flush(ctx); err != nil {
		return err
	}
	return failed
}
