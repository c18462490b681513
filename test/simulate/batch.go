package simulate

import (
	"bytes"
	"encoding/binary"
	"sync"

	"github.com/twmb/franz-go/pkg/kgo"
	"github.com/twmb/franz-go/pkg/kmsg"
)

// packed is how a batch is stored.
type packed struct {
	bytes int
	codec string
}

// batch is one as a producer writes it, or as none would.
// Layout: https://kafka.apache.org/documentation/#recordbatch
type batch struct {
	count    int32
	codec    kgo.CompressionCodecType
	records  []byte // as they are packed
	appended bool   // the log stamps it
	first    int64  // the least timestamp
	latest   int64
}

// codecs are those that records are packed with, by name.
var codecs = map[string]struct {
	kind kgo.CompressionCodecType
	pack func() (kgo.Compressor, error)
}{
	"gzip":   {kgo.CodecGzip, packer(kgo.GzipCompression())},
	"snappy": {kgo.CodecSnappy, packer(kgo.SnappyCompression())},
	"lz4":    {kgo.CodecLz4, packer(kgo.Lz4Compression())},
	"zstd":   {kgo.CodecZstd, packer(kgo.ZstdCompression())},
}

// packer makes a compressor when it is first asked for: each has memory of its own, which it keeps.
func packer(c kgo.CompressionCodec) func() (kgo.Compressor, error) {
	return sync.OnceValues(func() (kgo.Compressor, error) { return kgo.DefaultCompressor(c) })
}

// newBatch packs records. Those that the log is to stamp have no timestamp.
func newBatch(records []*record, codec string) (*batch, error) {
	b := &batch{count: int32(len(records)), first: records[0].stamp, latest: records[0].stamp}
	b.appended = records[0].stamp == unstamped
	if b.appended {
		b.first, b.latest = 0, 0
	}
	for i, r := range records {
		later := int64(0)
		if !b.appended {
			later, b.latest = r.stamp-b.first, max(b.latest, r.stamp)
		}
		b.records = appendRecord(b.records, i, later, r.key, r.value, r.headers)
	}
	return b, b.pack(codec)
}

func (b *batch) pack(codec string) error {
	c, ok := codecs[codec]
	if !ok {
		return nil
	}
	compressor, err := c.pack()
	if err != nil {
		return err
	}
	out, _ := compressor.Compress(new(bytes.Buffer), b.records)
	b.records, b.codec = bytes.Clone(out), c.kind
	return nil
}

// appendRecord writes a record as it stands in a batch.
func appendRecord(to []byte, at int, later int64, key, value []byte, headers []kgo.RecordHeader) []byte {
	b := []byte{0}
	b = binary.AppendVarint(b, later)
	b = binary.AppendVarint(b, int64(at))
	b = appendBytes(appendBytes(b, key), value)
	b = binary.AppendVarint(b, int64(len(headers)))
	for _, h := range headers {
		b = appendBytes(appendBytes(b, []byte(h.Key)), h.Value)
	}
	return append(binary.AppendVarint(to, int64(len(b))), b...)
}

func appendBytes(to, b []byte) []byte {
	if b == nil {
		return binary.AppendVarint(to, -1)
	}
	return append(binary.AppendVarint(to, int64(len(b))), b...)
}

// encode returns the batch as it goes over the wire.
func (b *batch) encode() []byte {
	attributes := int16(b.codec)
	if b.appended {
		attributes |= appendTime
	}
	raw := (&kmsg.RecordBatch{
		PartitionLeaderEpoch: -1, Magic: 2, Attributes: attributes, LastOffsetDelta: b.count - 1,
		FirstTimestamp: b.first, MaxTimestamp: b.latest,
		ProducerID: -1, ProducerEpoch: -1, FirstSequence: -1, NumRecords: b.count, Records: b.records,
	}).AppendTo(nil)
	binary.BigEndian.PutUint32(raw[batchLength:], uint32(len(raw)-batchLength-4))
	sum(raw)
	return raw
}
