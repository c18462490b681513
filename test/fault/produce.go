package fault

import (
	"errors"
	"fmt"
	"sync"
	"time"

	"github.com/twmb/franz-go/pkg/kgo"
)

// packing is how a producer other than the feed's makes its batches.
type packing struct {
	batchBytes int // of a batch, unpacked
	codec      kgo.CompressionCodec
}

var (
	// plainly is how most producers do it: batches of a MiB, here without compression.
	plainly = packing{batchBytes: 1023 << 10, codec: kgo.NoCompression()}
	// packed is legal, and hostile: what repeats itself is sent a thousand times smaller than it is, and
	// a broker bounds only what it is sent.
	packed = packing{batchBytes: 60 << 20, codec: kgo.ZstdCompression()}
)

// produce writes so many records, as record makes them, and waits until Kafka has them. Topic and
// partition are its to say.
func (w *World) produce(p packing, count int, record func(n int) *kgo.Record) error {
	client, err := kgo.NewClient(kgo.SeedBrokers(w.kafka.Addr), kgo.RecordPartitioner(kgo.ManualPartitioner()),
		kgo.ProducerBatchMaxBytes(int32(p.batchBytes)), kgo.ProducerBatchCompression(p.codec),
		kgo.ProducerLinger(100*time.Millisecond), kgo.ProduceRequestTimeout(time.Minute))
	if err != nil {
		return err
	}
	defer client.Close()
	var failed firstError
	for n := range count {
		client.Produce(w.ctx, record(n), func(_ *kgo.Record, err error) { failed.note(err) })
	}
	if err := errors.Join(client.Flush(w.ctx), failed.err()); err != nil {
		return fmt.Errorf("producing: %w", err)
	}
	return nil
}

// firstError keeps the first of many.
type firstError struct {
	mu    sync.Mutex
	first error
}

func (f *firstError) note(err error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.first == nil {
		f.first = err
	}
}

func (f *firstError) err() error {
	f.mu.Lock()
	defer f.mu.Unlock()
	return f.first
}
