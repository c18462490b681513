package unpack

import (
	"bytes"
	"errors"
	"testing"

	"github.com/klauspost/compress/zstd"
	"github.com/twmb/franz-go/pkg/kgo"

	"github.com/sluice-bridge/sluice/bridge/kafka/kafkatest"
)

// streamed packs as a producer does that does not know how much comes: its frames do not say how much
// is in them, and have a window of their own.
func streamed(t testing.TB, window int, parts ...[]byte) []byte {
	t.Helper()
	var b bytes.Buffer
	w, err := zstd.NewWriter(&b, zstd.WithWindowSize(window), zstd.WithEncoderConcurrency(1))
	if err != nil {
		t.Fatal(err)
	}
	for _, p := range parts {
		if _, err = w.Write(p); err == nil {
			err = w.Flush()
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func TestZstdIsUnpackedWithinItsBound(t *testing.T) {
	t.Parallel()
	small, large := kafkatest.Noise(10_000), bytes.Repeat([]byte("abc"), 1<<20)
	one, two := streamed(t, 8<<20, small), streamed(t, 8<<20, small, large, small)
	skipped := append([]byte{0x50, 0x2a, 0x4d, 0x18, 3, 0, 0, 0, 1, 2, 3}, one...)
	for name, c := range map[string]struct {
		src  []byte
		most int64
		want []byte
	}{
		"of a window that is larger than its bound": {one, 256 << 10, small},
		"of many blocks":   {two, 8 << 20, bytes.Join([][]byte{small, large, small}, nil)},
		"of two frames":    {append(bytes.Clone(one), two...), 8 << 20, bytes.Join([][]byte{small, small, large, small}, nil)},
		"behind a comment": {skipped, 1 << 20, small},
	} {
		got, err := unpackZstd(c.src, c.most)
		if err != nil || !bytes.Equal(got, c.want) {
			t.Errorf("%s: %d bytes, %v", name, len(got), err)
		}
		if cap(got) > len(got)+len(got)/2 {
			t.Errorf("%s: %d bytes are held for %d", name, cap(got), len(got))
		}
		if _, err := unpackZstd(c.src, int64(len(c.want)-1)); !errors.Is(err, kgo.ErrMaxDecompress) {
			t.Errorf("%s, with a bound that is too low: %v", name, err)
		}
	}
}

// Nothing unpacks to more than is told of it before.
func FuzzZstdSize(f *testing.F) {
	f.Add(streamed(f, 1<<20, []byte("abc"), []byte("def")))
	f.Add(append(streamed(f, 1<<20, bytes.Repeat([]byte{0}, 1<<20)), 0x50, 0x2a, 0x4d, 0x18, 0, 0, 0, 0))
	one, _ := zstd.NewWriter(nil)
	f.Add(one.EncodeAll([]byte("abcdefabcdef"), nil))
	f.Fuzz(func(t *testing.T, src []byte) {
		size, exact, err := zstdSize(src)
		if err == nil && size > 64<<20 {
			return
		}
		out, broken := zstdDecoder().DecodeAll(src, make([]byte, 0, 1<<10))
		switch {
		case broken != nil:
		case err != nil:
			t.Errorf("it unpacks to %d bytes, and is called broken: %v", len(out), err)
		case int64(len(out)) > size, exact && int64(len(out)) != size:
			t.Errorf("it unpacks to %d bytes, and %d were told", len(out), size)
		}
	})
}
