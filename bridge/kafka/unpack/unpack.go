package unpack

import (
	"errors"
	"math/bits"
	"sync"

	"github.com/twmb/franz-go/pkg/kgo"
)

// Batch unpacks what comes to so many bytes at the most; where it is more, the error wraps
// kgo.ErrMaxDecompress, and not much more memory was taken.
func Batch(src []byte, codec kgo.CompressionCodecType, most int64) ([]byte, error) {
	if codec == kgo.CodecZstd {
		return unpackZstd(src, most)
	}
	return unpacker(int(most)).Decompress(src, codec)
}

// unpackers are the client's decompressors, by what they unpack at the most: each has pools of its own.
var unpackers sync.Map // int to kgo.Decompressor

// unpacker returns the client's own decompressor with a bound, which it hands out only as that of a
// client.
func unpacker(most int) kgo.Decompressor {
	if d, ok := unpackers.Load(most); ok {
		return d.(kgo.Decompressor)
	}
	client, err := kgo.NewClient(kgo.MaxDecompressBatchBytes(most))
	if err != nil {
		panic("a client that connects to nothing: " + err.Error()) // cannot happen
	}
	defer client.Close()
	d, _ := client.OptValue(kgo.WithDecompressor).(kgo.Decompressor)
	unpackers.Store(most, d)
	return d
}

// AtMost is a decompressor of batches that each unpack to so many bytes at the most.
type AtMost int64

// Decompress implements kgo.Decompressor.
func (m AtMost) Decompress(src []byte, codec kgo.CompressionCodecType) ([]byte, error) {
	return Batch(src, codec, int64(m))
}

// Bounded is a decompressor of batches that take so many bytes of memory together, with what their
// records cost. It refuses one that does not fit beside those before it with ErrNoRoom, and one that
// does not fit alone with kgo.ErrMaxDecompress.
type Bounded struct {
	Most, held int64
}

// Decompress implements kgo.Decompressor.
func (b *Bounded) Decompress(src []byte, codec kgo.CompressionCodecType) ([]byte, error) {
	room := b.Most
	if b.held > 0 {
		if room = floorPower(b.Most - b.held); room < leastUnpacked {
			return nil, ErrNoRoom
		}
	}
	out, err := Batch(src, codec, room)
	w, undecodable := Weigh(out)
	switch {
	case err == nil && w.Bytes > room, errors.Is(err, kgo.ErrMaxDecompress):
		if b.held > 0 {
			return nil, ErrNoRoom
		}
		return nil, kgo.ErrMaxDecompress
	case err == nil:
		err = undecodable // the client would pass it over
	}
	b.held += w.Bytes
	return out, err
}

// floorPower returns the largest power of two that is not above n; 0 where there is none. Unpackers are
// made for few sizes.
func floorPower(n int64) int64 {
	if n <= 0 {
		return 0
	}
	return 1 << (bits.Len64(uint64(n)) - 1)
}
