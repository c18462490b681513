package unpack

import (
	"errors"
	"math/bits"
	"net"
	"slices"
	"sync"
	"time"

	"github.com/twmb/franz-go/pkg/kgo"

	"github.com/sluice-bridge/sluice/bridge/kafka"
)

// ReadAhead bounds what the client holds ahead of what is polled, in memory: the answers of all
// brokers together, one of each. Kafka's own limits count bytes as they are stored: compressed, and
// without what a record costs beside its bytes. So it does two things. It sizes the fetches by what
// they unpacked to of late, so that an answer of each broker comes to about what is wanted. And as
// the client's decompressor it has a budget that no producer gets past: a batch that does not fit
// beside what is held is refused, which has the client ask for it again once that is polled.
type ReadAhead struct {
	want   int64
	Update func(fetch, partition int32) // kgo.Client.UpdateFetchMaxBytes

	mu              sync.Mutex
	brokers         map[int32]int64               // that have answered, with what is held of the latest answer
	held            int64                         // in all, what is being unpacked included
	unpacking       int                           // batches, by as many goroutines
	done            sync.Cond                     // one of them is
	charged         []charge                      // unpacked, and not yet known to be of which broker
	skipped         map[kafka.TopicPartition]bool // of which the client has passed a batch over
	stored, unfolds float64                       // bytes as fetched and as held, of late
	refused         bool                          // a batch, for want of room, since an answer came
	halved          int                           // how often what is asked is halved, since batches were refused
	Asked           int32
}

// charge is what a batch holds. The client tells later, and in other words, whose it is.
type charge struct {
	packed, unpacked int
	bytes            int64
}

const (
	// presumedRatio is how far stored bytes are taken to unfold before any are seen: so the first
	// fetches are small, and what they bring tells soon how large the next may be.
	presumedRatio = 256
	// leastFetch is below any batch that is worth compressing; a broker answers with one at least.
	leastFetch = 1 << 10
	// recently is over how many fetched bytes the ratio is taken.
	recently = 1 << 20
	// slack is what an answer may come to beyond what is wanted: most batches fit with that, however
	// well they pack.
	slack = 16 << 20
	// plainSlack is the same for batches that are not compressed, which nothing refuses.
	plainSlack = 72 << 20
	// plainRatio is how far those unfold at the most: a record takes seven bytes.
	plainRatio = 1 + structBytes/7
	// mostHalved is enough to come to leastFetch.
	mostHalved = 20
	// leastUnpacked is the least that a batch is let unpack to.
	leastUnpacked = 16 << 10
)

// ErrNoRoom refuses a batch for as long as others are held, and errBeyond one that does not fit alone.
// The client asks for both again: kgo.ErrMaxDecompress, for which it would not, it logs with advice that
// is not for operators.
var (
	ErrNoRoom = errors.New("the batch is read again when there is room for it")
	errBeyond = errors.New("the batch unpacks to more than is read ahead")
)

// NewReadAhead returns one that wants about so many bytes, unpacked, ahead of what is polled.
func NewReadAhead(want int64) *ReadAhead {
	r := &ReadAhead{want: want, brokers: map[int32]int64{}, skipped: map[kafka.TopicPartition]bool{}, stored: leastFetch, unfolds: leastFetch * presumedRatio}
	r.done.L = &r.mu
	r.Asked = r.size()
	return r
}

// Budget is what is held at the most.
func (r *ReadAhead) Budget() int64 { return r.want + slack }

// size returns how many stored bytes to ask of each broker.
func (r *ReadAhead) size() int32 {
	all := min(float64(r.want)*r.stored/r.unfolds, float64(r.want+plainSlack)/plainRatio)
	return int32(max(all/float64(max(len(r.brokers), 1)<<r.halved), leastFetch))
}

// resize changes what is asked where it is off by much: the client names all partitions to the broker
// again then (KIP-227). Called with mu held.
func (r *ReadAhead) resize() {
	if size := r.size(); size < r.Asked-r.Asked/4 || size > r.Asked+r.Asked/4 {
		r.Asked = size
		r.Update(size, size)
	}
}

// Decompress unpacks a batch if it fits into the budget, with what its records cost. Where it would
// not even alone, the error is errBeyond; else ErrNoRoom. It is called by one goroutine for each broker.
func (r *ReadAhead) Decompress(src []byte, codec kgo.CompressionCodecType) ([]byte, error) {
	if codec == kgo.CodecNone {
		return src, nil
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	guess, known := 2*int64(float64(len(src))*r.unfolds/r.stored), false
	if codec == kgo.CodecZstd {
		size, _, err := zstdSize(src)
		if err == nil && size > r.Budget() {
			err = errBeyond
		}
		if err != nil {
			return nil, err
		}
		guess, known = size, true
	}
	for {
		room := r.Budget() - r.held
		if guess > room && r.unpacking > 0 {
			r.done.Wait() // what those have taken is mostly a guess
			continue
		}
		if room < leastUnpacked || known && guess > room {
			return nil, r.refuse()
		}
		most := floorPower(room)
		if room == r.Budget() {
			most = room
		}
		tried := min(most, 1<<bits.Len64(uint64(max(guess, leastUnpacked))))
		if known {
			tried, most = guess, guess
		}
		out, w, err := r.unpack(src, codec, tried)
		tooLarge := errors.Is(err, kgo.ErrMaxDecompress)
		switch {
		case tooLarge && tried < most:
			guess = 2 * tried
		case err == nil && w.Bytes > r.Budget():
			return nil, errBeyond
		case tooLarge && room < r.Budget(), err == nil && w.Bytes > r.Budget()-r.held && r.held > 0:
			return nil, r.refuse()
		case tooLarge:
			return nil, errBeyond
		case err != nil:
			return nil, err
		default:
			r.charged = append(r.charged, charge{len(src), len(out), w.Bytes})
			r.held += w.Bytes
			return out, nil
		}
	}
}

func (r *ReadAhead) refuse() error {
	r.refused = true
	return ErrNoRoom
}

// unpack unpacks a batch that comes to so many bytes at the most, while as many are held for it. Called
// with mu held, which it gives up meanwhile.
func (r *ReadAhead) unpack(src []byte, codec kgo.CompressionCodecType, most int64) ([]byte, Weight, error) {
	r.held += most
	r.unpacking++
	r.mu.Unlock()
	out, err := Batch(src, codec, most)
	w, undecodable := Weigh(out)
	if err == nil {
		err = undecodable // the client would pass it over
	}
	r.mu.Lock()
	r.held -= most
	r.unpacking--
	r.done.Broadcast()
	return out, w, err
}

// OnFetchBatchRead is called by the client for each batch of each answer, after it was unpacked, by the
// same goroutine.
func (r *ReadAhead) OnFetchBatchRead(meta kgo.BrokerMetadata, topic string, partition int32, m kgo.FetchBatchMetrics) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if m.CompressionType == 0 && m.NumRecords == 0 && m.CompressedBytes > 0 {
		// Bytes that are no record: the client goes on with the next batch without a word.
		r.skipped[kafka.TopicPartition{Topic: topic, Partition: partition}] = true
	}
	bytes := int64(m.UncompressedBytes + m.NumRecords*structBytes)
	if m.CompressionType == 0 {
		r.held += bytes
	} else {
		bytes = r.claim(m)
	}
	r.brokers[meta.NodeID] += bytes
	r.stored += float64(m.CompressedBytes)
	r.unfolds += float64(m.UncompressedBytes + m.NumRecords*structBytes)
	if r.stored > recently {
		r.stored /= 2
		r.unfolds /= 2
	}
	r.resize()
}

// claim returns what was charged for a batch: one of the same size, where two are. Batches of the
// formats before Kafka 0.11 count with more than what is packed.
func (r *ReadAhead) claim(m kgo.FetchBatchMetrics) int64 {
	i := slices.IndexFunc(r.charged, func(c charge) bool {
		return c.packed == m.CompressedBytes || c.unpacked == m.UncompressedBytes
	})
	if i < 0 {
		return 0 // it was refused
	}
	c := r.charged[i]
	r.charged = slices.Delete(r.charged, i, i+1)
	return c.bytes
}

// keyFetch is the key of a fetch in Kafka's protocol.
const keyFetch = 1

// OnBrokerRead is told of each answer of a broker before the client takes it apart. The client asks a
// broker for more when all that it answered before is polled.
func (r *ReadAhead) OnBrokerRead(meta kgo.BrokerMetadata, key int16, _ int, _, _ time.Duration, _ error) {
	if key != keyFetch {
		return
	}
	r.release(meta.NodeID)
	r.mu.Lock()
	defer r.mu.Unlock()
	// What packs far better than what came before it tells too late, in few bytes.
	switch {
	case r.refused:
		r.refused, r.halved = false, min(r.halved+2, mostHalved)
	case r.halved > 0:
		r.halved--
	default:
		return
	}
	r.resize()
}

// OnBrokerDisconnect is told when a connection to a broker ends: one that is asked for nothing any more
// would else count for ever.
func (r *ReadAhead) OnBrokerDisconnect(meta kgo.BrokerMetadata, _ net.Conn) { r.release(meta.NodeID) }

func (r *ReadAhead) release(broker int32) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if n := r.brokers[broker]; n > 0 {
		r.held -= n
		r.brokers[broker] = 0
	}
}

// Skips says whether the client has passed a batch of a partition over, and forgets it.
func (r *ReadAhead) Skips(at kafka.TopicPartition) bool {
	r.mu.Lock()
	defer r.mu.Unlock()
	skipped := r.skipped[at]
	delete(r.skipped, at)
	return skipped
}
