package unpack

import (
	"bytes"
	"fmt"
	"testing"

	"github.com/twmb/franz-go/pkg/kgo"

	"github.com/sluice-bridge/sluice/bridge/kafka/kafkatest"
)

// BenchmarkDecompress unpacks ordinary batches, of 100 records of 1 KiB, by what reads ahead and by the
// client's own decompressor.
func BenchmarkDecompress(b *testing.B) {
	c := kafkatest.Batch{}
	for i := range 100 {
		var value []byte
		for len(value) < 1<<10 {
			value = fmt.Appendf(value, `{"id":"%x-%d","account":"account-%d","total":%d.%02d},`, kafkatest.Noise(8), i, i%7, i*31, i%100)
		}
		c.Records = append(c.Records, kafkatest.RecordOf(i, value, 2))
	}
	all := bytes.Join(c.Records, nil)
	for _, kind := range []struct {
		name  string
		codec kgo.CompressionCodecType
		src   []byte
	}{
		{name: "zstd", codec: kgo.CodecZstd},
		{name: "zstd-streamed", codec: kgo.CodecZstd, src: streamed(b, 2<<20, all)},
		{name: "snappy", codec: kgo.CodecSnappy},
		{name: "lz4", codec: kgo.CodecLz4},
		{name: "gzip", codec: kgo.CodecGzip},
	} {
		src := kind.src
		if src == nil {
			c.Codec = kind.codec
			src, _ = packed(b, c)
		}
		m := kgo.FetchBatchMetrics{NumRecords: len(c.Records), CompressedBytes: len(src), UncompressedBytes: len(all), CompressionType: uint8(kind.codec)}
		ahead := NewReadAhead(4 << 20)
		ahead.Update = func(int32, int32) {}
		client := unpacker(64 << 20)
		for name, d := range map[string]kgo.Decompressor{"ahead": ahead, "client": client} {
			b.Run(kind.name+"/"+name, func(b *testing.B) {
				b.ReportAllocs()
				for range b.N {
					if _, err := d.Decompress(src, kind.codec); err != nil {
						b.Fatal(err)
					}
					if d == kgo.Decompressor(ahead) {
						ahead.OnFetchBatchRead(kgo.BrokerMetadata{NodeID: 1}, "t", 0, m)
						ahead.OnBrokerRead(kgo.BrokerMetadata{NodeID: 1}, keyFetch, 0, 0, 0, nil)
					}
				}
			})
		}
	}
}
