package unpack

import (
	"errors"
	"fmt"
	"math"
	"sync"

	"github.com/klauspost/compress/zstd"
	"github.com/twmb/franz-go/pkg/kgo"
)

// A decoder of zstd refuses frames whose window is larger than what it may unpack, however little is in
// them; so it is not told of the bound. What a frame unpacks to at the most can be told before.

// zstdDecoder unpacks for all, as many at a time as there are processors.
var zstdDecoder = sync.OnceValue(func() *zstd.Decoder {
	d, err := zstd.NewReader(nil, zstd.WithDecoderConcurrency(0), zstd.WithDecoderLowmem(true), zstd.WithDecoderMaxMemory(math.MaxInt32))
	if err != nil {
		panic("a decoder that reads nothing: " + err.Error()) // cannot happen
	}
	return d
})

// zstdBlock is what a compressed block unpacks to at the most (RFC 8878, 3.1.1.2.4).
const zstdBlock = 128 << 10

var errZstd = errors.New("it is not zstd")

// zstdSize returns what frames unpack to at the most. It goes by their headers and those of their blocks,
// which a decoder holds them to (RFC 8878, 3.1.1). Exact says that they say it themselves.
func zstdSize(src []byte) (size int64, exact bool, err error) {
	exact = true
	for len(src) > 0 {
		var h zstd.Header
		if err := h.Decode(src); err != nil || h.HeaderSize > len(src) {
			return 0, false, fmt.Errorf("%w: its header is broken", errZstd)
		}
		src = src[h.HeaderSize:]
		if h.Skippable {
			if int64(h.SkippableSize) > int64(len(src)) {
				return 0, false, fmt.Errorf("%w: it is cut off", errZstd)
			}
			src = src[h.SkippableSize:]
			continue
		}
		blocks, rest, err := zstdBlocks(src)
		if err != nil {
			return 0, false, err
		}
		if h.HasFCS && h.FrameContentSize > uint64(blocks) { //nolint:gosec // a sum of lengths
			return 0, false, fmt.Errorf("%w: it says that it holds more than its blocks can", errZstd)
		}
		if h.HasFCS {
			blocks = int64(h.FrameContentSize) //nolint:gosec // no more than blocks
		}
		exact = exact && h.HasFCS
		if size += blocks; size > math.MaxInt32 {
			return size, exact, nil // more than anyone has room for
		}
		src = rest
		if h.HasCheckSum {
			src = src[min(4, len(src)):]
		}
	}
	return size, exact, nil
}

// zstdBlocks returns what the blocks of a frame unpack to at the most, and what is behind them.
func zstdBlocks(src []byte) (size int64, rest []byte, err error) {
	const (
		head       = 3
		raw, rle   = 0, 1
		compressed = 2
	)
	for last := false; !last; {
		if len(src) < head {
			return 0, nil, fmt.Errorf("%w: it is cut off", errZstd)
		}
		h := int(src[0]) | int(src[1])<<8 | int(src[2])<<16
		n := h >> 3
		last = h&1 != 0
		stored := n
		switch h >> 1 & 3 {
		case raw:
			size += int64(n)
		case rle:
			size += int64(min(n, zstdBlock))
			stored = 1
		case compressed:
			size += zstdBlock
		}
		if stored > len(src)-head {
			return 0, nil, fmt.Errorf("%w: it is cut off", errZstd)
		}
		src = src[head+stored:]
	}
	return size, src, nil
}

// scratch is for batches that do not say what they unpack to: most Kafka producers stream.
var scratch = sync.Pool{New: func() any { return new([]byte) }}

// mostScratch is the largest memory that is kept for the next.
const mostScratch = 1 << 20

// unpackZstd unpacks into memory that is as large as what comes out. The error wraps
// kgo.ErrMaxDecompress where that may be more than allowed.
func unpackZstd(src []byte, most int64) ([]byte, error) {
	size, exact, err := zstdSize(src)
	switch {
	case err != nil:
		return nil, err
	case size > most:
		return nil, kgo.ErrMaxDecompress
	case exact:
		return zstdDecoder().DecodeAll(src, make([]byte, 0, size))
	}
	buf := scratch.Get().(*[]byte)
	defer scratch.Put(buf)
	if int64(cap(*buf)) < size {
		*buf = make([]byte, 0, size)
	}
	out, err := zstdDecoder().DecodeAll(src, (*buf)[:0])
	if cap(out) > mostScratch {
		*buf = nil
		if len(out) > cap(out)/4*3 {
			return out, err
		}
	} else {
		*buf = out
	}
	return append(make([]byte, 0, len(out)), out...), err
}
