package reader

import (
	"errors"
	"strings"
	"testing"

	"github.com/twmb/franz-go/pkg/kgo"
	"github.com/twmb/franz-go/pkg/kmsg"

	"github.com/sluice-bridge/sluice/bridge/kafka/kafkatest"
	"github.com/sluice-bridge/sluice/bridge/message"
)

func TestBatchesAreUnpackedOrToldWhyNot(t *testing.T) {
	t.Parallel()
	sound := kafkatest.Batch{Records: kafkatest.Zeros(4, 100), Codec: kgo.CodecZstd}
	damaged := func(change func([]byte)) []byte {
		raw := sound.At(t, 10)
		change(raw)
		return raw
	}
	for name, c := range map[string]struct {
		raw     []byte
		from    int64
		records int
		next    int64 // of what is read, or of what is not
		reason  message.Reason
		why     string
	}{
		"sound":                 {raw: sound.At(t, 10), from: 10, records: 4, next: 14},
		"from its middle":       {raw: sound.At(t, 10), from: 12, records: 2, next: 14},
		"behind a gap":          {raw: sound.At(t, 10), from: 3, records: 4, next: 14},
		"its records compacted": {raw: kafkatest.Batch{Records: [][]byte{kafkatest.RecordOf(0, nil, 0)}, Count: 4}.At(t, 10), from: 10, records: 1, next: 14},
		"damaged":               {raw: damaged(func(b []byte) { b[70] ^= 1 }), from: 10, next: 14, reason: message.ReasonBatchCorrupt, why: "checksum"},
		"of a later format":     {raw: damaged(func(b []byte) { b[batchMagic] = 3 }), from: 10, next: 10, reason: message.ReasonBatchCorrupt, why: "unknown format 3"},
		"longer than it is":     {raw: damaged(func(b []byte) { b[8] = 0x7f }), from: 10, next: 10, reason: message.ReasonBatchCorrupt, why: "the broker sends"},
		"of negative length":    {raw: damaged(func(b []byte) { b[8] = 0xff }), from: 10, next: 10, reason: message.ReasonBatchCorrupt, why: "the broker sends"},
		"cut off":               {raw: sound.At(t, 10)[:10], from: 10, next: 10, reason: message.ReasonBatchCorrupt, why: "cut off"},
		"before the offset":     {raw: sound.At(t, 10), from: 20, next: 14, reason: message.ReasonBatchCorrupt, why: "before the one that was asked for"},
		"more than it says":     {raw: kafkatest.Batch{Records: kafkatest.Zeros(4, 1), Count: 2}.At(t, 10), from: 10, next: 12, reason: message.ReasonBatchCorrupt, why: "says that it holds 2 records, and holds 4"},
		"too large":             {raw: kafkatest.Batch{Records: kafkatest.Zeros(1, 2<<20), Codec: kgo.CodecGzip}.At(t, 10), from: 10, next: 11, reason: message.ReasonBatchTooLarge, why: "takes more than"},
		"of too many records":   {raw: kafkatest.Batch{Records: kafkatest.Zeros(10_000, 0)}.At(t, 10), from: 10, next: 10_010, reason: message.ReasonBatchTooLarge, why: "takes more than"},
	} {
		t.Run(name, func(t *testing.T) {
			p := &Reader{opts: Options{Topic: "t", MostUnpacked: 1 << 20}}
			b, err := p.unpackBatch(&kmsg.FetchResponseTopicPartition{RecordBatches: c.raw}, c.from)
			if c.reason == "" {
				if err != nil || len(b.Records) != c.records || b.Next != c.next {
					t.Fatalf("%d records up to %d, %v", len(b.Records), b.Next, err)
				}
				return
			}
			var bad *BatchError
			if !errors.As(err, &bad) {
				t.Fatalf("%v", err)
			}
			if strings.Contains(c.why, "checksum") && bad.Epoch != -1 {
				t.Errorf("leader epoch %d of a damaged batch is believed", bad.Epoch)
			}
			if bad.Reason != c.reason || !strings.Contains(bad.Error(), c.why) || bad.Next != c.next || bad.Bytes != len(c.raw) {
				t.Errorf("%s: %v; up to %d, %d bytes", bad.Reason, bad, bad.Next, bad.Bytes)
			}
		})
	}
}

// What a reader is told of a batch that it cannot read is a sentence, and no silence.
func TestReadsOverUnreadableBatches(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		batch kafkatest.Batch
		why   string
	}{
		"a bomb":     {kafkatest.Batch{Records: kafkatest.Zeros(5, 20<<20), Codec: kgo.CodecZstd}, "the batch of t/0:2-6 "},
		"no records": {kafkatest.Batch{Count: 5, Packed: []byte{0xff}}, "the batch of t/0:2-6 "},
	} {
		t.Run(name, func(t *testing.T) {
			k := kafkatest.Cluster(t, 1)
			client := kafkatest.Dial(t, k)
			kafkatest.Produce(t, client, kafkatest.Numbered("t", 0, "a", 2)...)
			kafkatest.ProduceBatch(t, client, "t", 0, c.batch.Bytes(t))
			p := openReader(t, k.Addresses(), "t")
			var last error
			n := 0
			for _, err := range p.Read(t.Context(), p.Ranges()) {
				if last = err; err == nil {
					n++
				}
			}
			if n != 2 || last == nil || !strings.Contains(last.Error(), c.why) {
				t.Errorf("%d records, then %v", n, last)
			}
		})
	}
	k := kafkatest.Cluster(t, 1)
	client := kafkatest.Dial(t, k)
	for range 10 { // 16 MiB each, which do not fit together
		kafkatest.ProduceBatch(t, client, "t", 0, kafkatest.Batch{Records: kafkatest.Zeros(16, 1<<20), Codec: kgo.CodecZstd}.Bytes(t))
	}
	p := openReader(t, k.Addresses(), "t", func(o *Options) { o.MostUnpacked, o.FetchBytes = 20<<20, 1<<20 })
	n := 0
	for _, err := range p.Read(t.Context(), p.Ranges()) {
		if err != nil {
			t.Fatal(err)
		}
		n++
	}
	if n != 160 {
		t.Errorf("%d records of batches that fit alone only", n)
	}
}
