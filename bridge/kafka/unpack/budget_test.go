package unpack

import (
	"errors"
	"sync"
	"testing"

	"github.com/twmb/franz-go/pkg/kgo"
	"github.com/twmb/franz-go/pkg/kmsg"

	"github.com/sluice-bridge/sluice/bridge/kafka/kafkatest"
)

// packed returns the packed records of a batch, and what the client makes of it.
func packed(t testing.TB, c kafkatest.Batch) ([]byte, kgo.FetchBatchMetrics) {
	t.Helper()
	var b kmsg.RecordBatch
	if err := b.ReadFrom(c.Bytes(t)); err != nil {
		t.Fatal(err)
	}
	n := 0
	for _, r := range c.Records {
		n += len(r)
	}
	return b.Records, kgo.FetchBatchMetrics{NumRecords: len(c.Records), CompressedBytes: len(b.Records), UncompressedBytes: n, CompressionType: uint8(c.Codec)}
}

// An answer that unpacks to far more than those before it stops at the budget, however it does that, and
// what is left comes when that is polled.
func TestAnswerStopsAtTheBudget(t *testing.T) {
	t.Parallel()
	const budget = 4<<20 + slack
	for name, c := range map[string]kafkatest.Batch{
		"bytes":   {Records: kafkatest.Zeros(4, 1<<20), Codec: kgo.CodecZstd},
		"records": {Records: kafkatest.Zeros(20_000, 0), Codec: kgo.CodecZstd},
		"headers": {Records: [][]byte{kafkatest.RecordOf(0, nil, 80_000)}, Codec: kgo.CodecZstd},
		"gzip":    {Records: kafkatest.Zeros(4, 1<<20), Codec: kgo.CodecGzip},
		"lz4":     {Records: kafkatest.Zeros(4, 1<<20), Codec: kgo.CodecLz4},
		"snappy":  {Records: kafkatest.Zeros(4, 1<<20), Codec: kgo.CodecSnappy},
	} {
		t.Run(name, func(t *testing.T) {
			r := NewReadAhead(4 << 20)
			r.Update = func(int32, int32) {}
			fetched(r, 1, 100, 1)
			src, m := packed(t, c)
			broker := kgo.BrokerMetadata{NodeID: 1}
			answer := func() (taken int) {
				r.OnBrokerRead(broker, keyFetch, 0, 0, 0, nil)
				for range 100 {
					out, err := r.Decompress(src, c.Codec)
					if err == nil && len(out) != m.UncompressedBytes {
						t.Fatalf("%d bytes", len(out))
					}
					if err != nil && !errors.Is(err, ErrNoRoom) {
						t.Fatal(err)
					}
					if err != nil {
						break
					}
					r.OnFetchBatchRead(broker, "t", 0, m)
					taken++
				}
				return taken
			}
			w, err := Weigh(mustUnpack(t, src, c.Codec))
			if err != nil {
				t.Fatal(err)
			}
			for range 3 {
				if n := int64(answer()); n == 0 || n*w.Bytes > budget || (n+1)*w.Bytes < budget/2 {
					t.Errorf("%d batches of %d bytes in an answer", n, w.Bytes)
				}
			}
		})
	}
}

func mustUnpack(t testing.TB, src []byte, codec kgo.CompressionCodecType) []byte {
	t.Helper()
	out, err := Batch(src, codec, 1<<30)
	if err != nil {
		t.Fatal(err)
	}
	return out
}

// What does not fit alone is given up at once, where nothing else is held.
func TestBatchBeyondTheBudgetIsGivenUpAtOnce(t *testing.T) {
	t.Parallel()
	r := NewReadAhead(4 << 20)
	for _, c := range []kafkatest.Batch{
		{Records: kafkatest.Zeros(1, 21<<20), Codec: kgo.CodecZstd},
		{Records: kafkatest.Zeros(120_000, 0), Codec: kgo.CodecZstd},
	} {
		src, _ := packed(t, c)
		if _, err := r.Decompress(src, c.Codec); !errors.Is(err, errBeyond) {
			t.Errorf("%v", err)
		}
	}
	if r.held != 0 || len(r.charged) != 0 {
		t.Errorf("%d bytes are held", r.held)
	}
}

// Brokers that answer at once share the budget, and each gets on.
func TestBrokersShareTheBudget(t *testing.T) {
	t.Parallel()
	r := NewReadAhead(1 << 20)
	r.Update = func(int32, int32) {}
	var brokers sync.WaitGroup
	for id := range int32(6) {
		c := kafkatest.Batch{Records: kafkatest.Zeros(int(id)+1, 1<<20), Codec: kgo.CodecZstd}
		src, m := packed(t, c)
		brokers.Go(func() {
			broker := kgo.BrokerMetadata{NodeID: id}
			for left := 20; left > 0; {
				_, err := r.Decompress(src, c.Codec)
				r.mu.Lock()
				if over := r.held - r.Budget(); over > 0 {
					t.Errorf("%d bytes too many are held", over)
				}
				r.mu.Unlock()
				switch {
				case err == nil:
					r.OnFetchBatchRead(broker, "t", 0, m)
					left--
				case errors.Is(err, ErrNoRoom):
					r.OnBrokerRead(broker, keyFetch, 0, 0, 0, nil) // all of it was polled
				default:
					t.Error(err)
					return
				}
			}
			r.OnBrokerDisconnect(broker, nil)
		})
	}
	brokers.Wait()
	if r.held != 0 || len(r.charged) != 0 || r.unpacking != 0 {
		t.Errorf("%d bytes are held by nobody", r.held)
	}
}

// A batch weighs what the client makes of it.
func TestBatchWeighsWhatTheClientMakesOfIt(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		records [][]byte
		n       int
		bytes   int64 // beside those of the records
		bad     bool
	}{
		"none":          {nil, 0, 0, false},
		"some":          {kafkatest.Zeros(3, 5), 3, 3 * structBytes, false},
		"headers":       {[][]byte{kafkatest.RecordOf(0, []byte("x"), 7)}, 1, structBytes + 7*headerBytes, false},
		"cut off":       {[][]byte{kafkatest.RecordOf(0, []byte("x"), 0), {9, 0}}, 1, structBytes, true},
		"too long":      {[][]byte{{0xfe, 0xff, 0xff, 0xff, 0x0f}}, 0, 0, true},
		"no headers":    {[][]byte{{2, 0}}, 0, 0, true},
		"false headers": {[][]byte{{14, 0, 0, 0, 1, 1, 0x7e, 0}}, 0, 0, true},
	} {
		var all []byte
		for _, r := range c.records {
			all = append(all, r...)
		}
		w, err := Weigh(all)
		if w.Records != c.n || w.Bytes != c.bytes+int64(len(all)) || (err != nil) != c.bad {
			t.Errorf("%s: %+v, %v", name, w, err)
		}
	}
	old := make([]byte, 0, 60)
	for range 2 { // of a format that is older: offset, length, checksum, format, attributes, null, null
		old = append(old, 0, 0, 0, 0, 0, 0, 0, 1, 0, 0, 0, 14, 1, 2, 3, 4, 0, 0, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff)
	}
	if w, err := Weigh(old); w.Records != 2 || err != nil {
		t.Errorf("of the old format: %+v, %v", w, err)
	}
}

// The client makes no more of a batch than it is weighed with.
func FuzzWeigh(f *testing.F) {
	f.Add([]byte{14, 0, 0, 0, 1, 1, 4, 0, 1})
	f.Add(kafkatest.RecordOf(0, []byte("x"), 2))
	f.Fuzz(func(t *testing.T, records []byte) {
		if len(records) == 0 || len(records) > 1<<12 {
			return
		}
		w, err := Weigh(records)
		if _, old := weighSet(records); old {
			return
		}
		raw := kafkatest.Batch{Packed: records, Count: int32(len(records))}.Bytes(t)
		fetched, _ := kgo.ProcessFetchPartition(kgo.ProcessFetchPartitionOpts{}, &kmsg.FetchResponseTopicPartition{RecordBatches: raw}, kgo.DefaultDecompressor(), nil)
		if n := len(fetched.Records); n > w.Records {
			t.Errorf("the client has %d records, and %d were weighed (%v)", n, w.Records, err)
		}
		headers := 0
		for _, r := range fetched.Records {
			headers += len(r.Headers)
		}
		if least := int64(len(records) + len(fetched.Records)*structBytes + headers*headerBytes); w.Bytes < least {
			t.Errorf("%d bytes are weighed, and the client has %d", w.Bytes, least)
		}
	})
}
