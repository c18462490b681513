package simulate

import (
	"github.com/klauspost/compress/zstd"
	"github.com/twmb/franz-go/pkg/kgo"
)

// lasting unpacks what the harness reads by a decoder that is made before any bubble and never closed. The
// client's own are closed by a finalizer, which is outside of the bubble that they were made in.
var lasting = func() *zstd.Decoder {
	d, err := zstd.NewReader(nil, zstd.WithDecoderConcurrency(1))
	if err != nil {
		panic(err) // the options are good
	}
	return d
}()

type unpack struct{ other kgo.Decompressor }

func newUnpack() unpack { return unpack{kgo.DefaultDecompressor()} }

func (u unpack) Decompress(src []byte, codec kgo.CompressionCodecType) ([]byte, error) {
	if codec == kgo.CodecZstd {
		return lasting.DecodeAll(src, nil)
	}
	return u.other.Decompress(src, codec)
}
