package kafka

import (
	"sync"

	"github.com/twmb/franz-go/pkg/kgo"
)

// readAhead sizes fetches so that what all brokers answer in one round comes to about a given
// number of bytes in memory. Kafka's own limits count bytes as they are stored: compressed, and
// without what a record costs beside its bytes. The client holds one answer of each broker ahead
// of what is polled, so without this the memory it takes is a matter of how well the producers
// compress.
type readAhead struct {
	want   int64
	update func(fetch, partition int32) // kgo.Client.UpdateFetchMaxBytes

	mu              sync.Mutex
	brokers         map[int32]bool // that have answered
	stored, unfolds float64        // bytes as fetched and as held, of late
	asked           int32
}

const (
	// structBytes is what the client holds for a record beside its bytes.
	structBytes = 200
	// presumedRatio is how far stored bytes are taken to unfold before any are seen: so the first
	// fetches are small, and what they bring tells soon how large the next may be.
	presumedRatio = 256
	// leastFetch is below any batch that is worth compressing; a broker answers with one at least.
	leastFetch = 1 << 10
	// recently is over how many fetched bytes the ratio is taken.
	recently = 1 << 20
)

func newReadAhead(want int64) *readAhead {
	r := &readAhead{want: want, brokers: map[int32]bool{}, stored: leastFetch, unfolds: leastFetch * presumedRatio}
	r.asked = r.size()
	return r
}

// size returns how many stored bytes to ask of each broker.
func (r *readAhead) size() int32 {
	each := float64(r.want) / float64(max(len(r.brokers), 1))
	return int32(max(each*r.stored/r.unfolds, leastFetch))
}

// OnFetchBatchRead is called by the client for each batch of each answer.
func (r *readAhead) OnFetchBatchRead(meta kgo.BrokerMetadata, _ string, _ int32, m kgo.FetchBatchMetrics) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.brokers[meta.NodeID] = true
	r.stored += float64(m.CompressedBytes)
	r.unfolds += float64(m.UncompressedBytes + m.NumRecords*structBytes)
	if r.stored > recently {
		r.stored /= 2
		r.unfolds /= 2
	}
	// A changed size makes the client name all partitions to the broker again (KIP-227).
	if size := r.size(); size < r.asked-r.asked/4 || size > r.asked+r.asked/4 {
		r.asked = size
		r.update(size, size)
	}
}
