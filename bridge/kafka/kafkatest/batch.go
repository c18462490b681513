package kafkatest

import (
	"bytes"
	"context"
	"crypto/rand"
	"encoding/binary"
	"hash/crc32"
	"slices"
	"strconv"
	"testing"
	"time"

	"github.com/twmb/franz-go/pkg/kadm"
	"github.com/twmb/franz-go/pkg/kerr"
	"github.com/twmb/franz-go/pkg/kgo"
	"github.com/twmb/franz-go/pkg/kmsg"
)

// Batch is a batch as no producer makes it by mistake.
type Batch struct {
	Records [][]byte // as they are in the batch, each with its length
	Count   int32    // that the header says; 0: as many as there are
	Codec   kgo.CompressionCodecType
	Packed  []byte // in the place of what the codec makes of the records; nil: that
}

// RecordOf returns a record of a batch, as the protocol has it.
func RecordOf(offset int, value []byte, headers int) []byte {
	b := []byte{0}
	b = binary.AppendVarint(b, 0)
	b = binary.AppendVarint(b, int64(offset))
	b = binary.AppendVarint(b, -1)
	b = binary.AppendVarint(b, int64(len(value)))
	b = append(b, value...)
	b = binary.AppendVarint(b, int64(headers))
	for range headers {
		b = append(b, 0, 1) // an empty name, and null
	}
	return append(binary.AppendVarint(nil, int64(len(b))), b...)
}

// Bytes returns the batch as it is on the wire.
func (c Batch) Bytes(t testing.TB) []byte {
	t.Helper()
	packed := c.Packed
	if packed == nil {
		packed = bytes.Join(c.Records, nil)
		if codec := map[kgo.CompressionCodecType]kgo.CompressionCodec{
			kgo.CodecGzip: kgo.GzipCompression(), kgo.CodecSnappy: kgo.SnappyCompression(),
			kgo.CodecLz4: kgo.Lz4Compression(), kgo.CodecZstd: kgo.ZstdCompression(),
		}; c.Codec != kgo.CodecNone {
			compressor, err := kgo.DefaultCompressor(codec[c.Codec])
			if err != nil {
				t.Fatal(err)
			}
			packed, _ = compressor.Compress(new(bytes.Buffer), packed)
		}
	}
	count := c.Count
	if count == 0 {
		count = int32(len(c.Records))
	}
	b := kmsg.RecordBatch{
		PartitionLeaderEpoch: -1, Magic: 2, Attributes: int16(c.Codec), LastOffsetDelta: count - 1,
		FirstTimestamp: time.Now().UnixMilli(), MaxTimestamp: time.Now().UnixMilli(),
		ProducerID: -1, ProducerEpoch: -1, FirstSequence: -1, NumRecords: count, Records: packed,
	}
	raw := b.AppendTo(nil)
	binary.BigEndian.PutUint32(raw[8:], uint32(len(raw)-12))
	binary.BigEndian.PutUint32(raw[17:], crc32.Checksum(raw[21:], crc32.MakeTable(crc32.Castagnoli)))
	return raw
}

// ProduceBatch writes a batch as it is.
func ProduceBatch(t testing.TB, c *kgo.Client, topic string, partition int32, batch []byte) {
	t.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), 20*time.Second)
	defer cancel()
	meta, err := kadm.NewClient(c).Metadata(ctx, topic)
	if err != nil {
		t.Fatal(err)
	}
	p := kmsg.NewProduceRequestTopicPartition()
	p.Partition, p.Records = partition, batch
	rt := kmsg.NewProduceRequestTopic()
	rt.TopicID = meta.Topics[topic].ID
	rt.Topic, rt.Partitions = topic, append(rt.Partitions, p)
	req := kmsg.NewPtrProduceRequest()
	req.Acks, req.TimeoutMillis, req.Topics = -1, 10_000, append(req.Topics, rt)
	answer, err := req.RequestWith(ctx, c)
	if err == nil {
		err = kerr.ErrorForCode(answer.Topics[0].Partitions[0].ErrorCode)
	}
	if err != nil {
		t.Fatal(err)
	}
}

// At returns a batch as it stands in a log at an offset.
func (c Batch) At(t testing.TB, offset int64) []byte {
	raw := c.Bytes(t)
	binary.BigEndian.PutUint64(raw, uint64(offset)) // which the checksum leaves out
	return raw
}

// Noise is a value that does not compress.
func Noise(n int) []byte {
	b := make([]byte, n)
	_, _ = rand.Read(b)
	return b
}

// Zeros returns records of n bytes that pack to nothing.
func Zeros(records, n int) [][]byte {
	var all [][]byte
	for i := range records {
		all = append(all, RecordOf(i, bytes.Repeat([]byte{'0'}, n), 0))
	}
	return all
}

// ProduceStamped writes records with timestamps, in one batch, as other clients do: this one wraps them
// around itself.
func ProduceStamped(t *testing.T, c *kgo.Client, codec kgo.CompressionCodec, times ...int64) {
	t.Helper()
	b := kmsg.RecordBatch{PartitionLeaderEpoch: -1, Magic: 2, ProducerID: -1, ProducerEpoch: -1, FirstSequence: -1,
		FirstTimestamp: times[0], MaxTimestamp: slices.Max(times), NumRecords: int32(len(times)), LastOffsetDelta: int32(len(times) - 1)}
	for i, at := range times {
		r := kmsg.Record{TimestampDelta64: at - times[0], OffsetDelta: int32(i), Value: strconv.AppendInt(nil, at, 10)}
		r.Length = int32(len(r.AppendTo(nil)) - 1) // without the length, which is 0 here and has a byte
		b.Records = r.AppendTo(b.Records)
	}
	compressor, err := kgo.DefaultCompressor(codec)
	if err != nil {
		t.Fatal(err)
	}
	if compressor != nil {
		packed, codec := compressor.Compress(new(bytes.Buffer), b.Records)
		b.Records, b.Attributes = packed, int16(codec)
	}
	b.Length = int32(len(b.AppendTo(nil)) - 12)
	raw := b.AppendTo(nil)
	binary.BigEndian.PutUint32(raw[17:], crc32.Checksum(raw[21:], crc32.MakeTable(crc32.Castagnoli)))
	partition := kmsg.NewProduceRequestTopicPartition()
	partition.Records = raw
	topic := kmsg.NewProduceRequestTopic()
	topic.Topic, topic.Partitions = "t", append(topic.Partitions, partition)
	req := kmsg.NewPtrProduceRequest()
	req.Acks, req.TimeoutMillis, req.Topics = -1, 10_000, append(req.Topics, topic)
	leader, _, err := c.PartitionLeader("t", 0)
	if err != nil {
		t.Fatal(err)
	}
	answer, err := c.Broker(int(leader)).RetriableRequest(t.Context(), req)
	if err == nil {
		err = kerr.ErrorForCode(answer.(*kmsg.ProduceResponse).Topics[0].Partitions[0].ErrorCode)
	}
	if err != nil {
		t.Fatal(err)
	}
}

// Stamp is the number of a record's timestamp.
func Stamp(r *kgo.Record) string {
	if r.Timestamp.IsZero() {
		return "-1"
	}
	return strconv.FormatInt(r.Timestamp.UnixMilli(), 10)
}
