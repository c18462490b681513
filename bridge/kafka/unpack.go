package kafka

import (
	"encoding/binary"
	"errors"
	"fmt"
	"math/bits"
	"sync"

	"github.com/twmb/franz-go/pkg/kgo"
)

const (
	// structBytes is what the client holds for a record beside its bytes.
	structBytes = 200
	// headerBytes is the same for one of its headers, which may come in two bytes.
	headerBytes = 48
)

// Unpack unpacks what comes to so many bytes at the most; where it is more, the error wraps
// kgo.ErrMaxDecompress, and not much more memory was taken.
func Unpack(src []byte, codec kgo.CompressionCodecType, most int64) ([]byte, error) {
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
	return Unpack(src, codec, int64(m))
}

// Bounded is a decompressor of batches that take so many bytes of memory together, with what their
// records cost. It refuses one that does not fit beside those before it with errNoRoom, and one that
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
	out, err := Unpack(src, codec, room)
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

// weight is what the client makes of the records of a batch.
type weight struct {
	Records int
	Bytes   int64 // of memory, those of the batch itself among them
}

// Weigh looks through the records of an unpacked batch as the client does when it decodes them, and
// stops where it would: the header of a batch may say what it likes. An error says what is wrong with
// the record that it stopped at.
// Layout: https://kafka.apache.org/documentation/#record
func Weigh(unpacked []byte) (w weight, err error) {
	if set, ok := weighSet(unpacked); ok {
		return set, nil
	}
	w.Bytes = int64(len(unpacked))
	for rest := unpacked; len(rest) > 0; {
		length, n := varint(rest)
		if n <= 0 || length < 0 || length > int64(len(rest)-n) {
			return w, fmt.Errorf("record %d is cut off", w.Records+1)
		}
		headers, ok := recordHeaders(rest[n : n+int(length)])
		if !ok {
			return w, fmt.Errorf("record %d is not one", w.Records+1)
		}
		w.Records++
		w.Bytes += structBytes + headerBytes*headers
		rest = rest[n+int(length):]
	}
	return w, nil
}

// weighSet does the same for messages of the formats before Kafka 0.11, each of which has its offset and
// length before it.
func weighSet(unpacked []byte) (w weight, ok bool) {
	const head, magic = 12, 16
	w.Bytes = int64(len(unpacked))
	rest := unpacked
	for len(rest) > magic && rest[magic] <= 1 {
		length := int64(int32(binary.BigEndian.Uint32(rest[8:]))) //nolint:gosec // the sign is in the first bit, and looked at
		if length <= magic-head || length > int64(len(rest)-head) {
			break
		}
		w.Records++
		w.Bytes += structBytes
		rest = rest[head+length:]
	}
	return w, len(rest) == 0 && w.Records > 0
}

// recordHeaders returns how many headers a record says that it has, which is what memory is taken for.
func recordHeaders(r []byte) (headers int64, ok bool) {
	at := 1       // behind the attributes
	for range 2 { // timestamp and offset, as differences
		for at < len(r) && r[at] >= 0x80 {
			at++
		}
		at++
	}
	for range 2 { // key and value; -1 stands for null
		if at >= len(r) {
			return 0, false
		}
		length, n := varint(r[at:])
		if n <= 0 || length > int64(len(r)-at-n) {
			return 0, false
		}
		at += n + int(max(length, 0))
	}
	if at >= len(r) {
		return 0, false
	}
	headers, n := varint(r[at:])
	return max(headers, 0), n > 0 && headers <= int64(len(r)-at-n)
}

// varint is binary.Varint, quicker for what most of them are.
func varint(b []byte) (int64, int) {
	if len(b) > 0 && b[0] < 0x80 {
		return int64(b[0]>>1) ^ -int64(b[0]&1), 1
	}
	return binary.Varint(b)
}
