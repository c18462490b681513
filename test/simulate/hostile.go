package simulate

import (
	"encoding/binary"
	"maps"
	"slices"
	"sync"
)

// hostile are batches that nobody can read, or for which nobody has the memory, by name: they make what is
// packed, how many records that says it is, and what it takes when it is unpacked, where that matters.
var hostile = map[string]func(b *batch) (unpacked int, damage string){
	// Some KiB of zstd that hold one record of 96 MiB.
	"bomb": func(b *batch) (int, string) {
		const size = 96 << 20
		b.count, b.codec, b.records = 1, codecs["zstd"].kind, zstdBomb(size)
		return size, ""
	},
	// Many empty records: each costs much more than its bytes.
	"crowd": func(b *batch) (int, string) {
		const each = 200
		b.count, b.codec, b.records = crowded, codecs["zstd"].kind, crowd()
		return crowded * each, ""
	},
	"not packed": func(b *batch) (int, string) {
		b.count, b.codec, b.records = 1, codecs["zstd"].kind, []byte("this is not zstd")
		return 0, "batch_corrupt"
	},
	"no records": func(b *batch) (int, string) {
		b.count, b.records = 3, []byte{0xff, 0xff, 0xff}
		return 0, "batch_corrupt"
	},
	"cut off": func(b *batch) (int, string) {
		b.count = 2
		b.records = append(appendRecord(nil, 0, 0, nil, []byte("whole"), nil), 0xff, 0xff, 0xff)
		_ = b.pack("gzip") // which is known
		return 0, "batch_corrupt"
	},
}

// hostileOneIn is before how many batches one is hostile: few of those that take long to unpack.
func hostileOneIn(name string) int {
	if name == "bomb" || name == "crowd" {
		return 8
	}
	return 2
}

const crowded = 400_000

// crowd returns so many empty records, packed with zstd: once, as it takes long.
var crowd = sync.OnceValue(func() []byte {
	var b batch
	for i := range crowded {
		b.records = appendRecord(b.records, i, 0, nil, nil, nil)
	}
	_ = b.pack("zstd") // which is known
	return b.records
})

var hostiles = slices.Sorted(maps.Keys(hostile))

// zstdBomb returns a record with a value of so many equal bytes, as zstd that says so with blocks that each
// repeat one byte (RFC 8878, 3.1.1.2).
func zstdBomb(size int) []byte {
	const raw, repeat, block = 0, 1, 128 << 10
	out := []byte{0x28, 0xb5, 0x2f, 0xfd, 0, 0x38} // no checksum, no size; a window of 128 KiB
	add := func(kind, n int, last bool, content []byte) {
		header := n<<3 | kind<<1
		if last {
			header |= 1
		}
		out = append(out, byte(header), byte(header>>8), byte(header>>16))
		out = append(out, content...)
	}
	inner := append([]byte{0, 0, 0, 1}, binary.AppendVarint(nil, int64(size))...) // no key
	record := append(binary.AppendVarint(nil, int64(len(inner)+size+1)), inner...)
	add(raw, len(record), false, record)
	for n := size; n > 0; n -= block {
		add(repeat, min(n, block), false, []byte("0"))
	}
	add(raw, 1, true, []byte{0}) // no headers
	return out
}

// codecName is what a dead letter calls the codec of a batch.
func (b *batch) codecName() string {
	for name, c := range codecs {
		if c.kind == b.codec {
			return name
		}
	}
	return "uncompressed"
}
