package codec

import (
	"bytes"
	"encoding/binary"
	"testing"

	"github.com/twmb/franz-go/pkg/sr"

	"github.com/sluice-bridge/sluice/codec/schema"
)

// A small value takes little, whatever came before it.
func TestSmallValueTakesLittleAfterALargeOne(t *testing.T) {
	s, err := compile(&schema.Source{Kind: sr.TypeAvro, Text: `"string"`})
	if err != nil {
		t.Fatal(err)
	}
	for _, n := range []int{10, 4 << 20, 10, 1000, 100_000, 10} {
		payload := append(binary.AppendVarint(nil, int64(n)), bytes.Repeat([]byte{'a'}, n)...)
		typ, rest, err := s.Pick(payload)
		if err != nil {
			t.Fatal(err)
		}
		out, err := s.decode(typ, rest)
		if err != nil {
			t.Fatal(err)
		}
		if cap(out) > 2*len(out)+roomy {
			t.Errorf("%d bytes take %d", len(out), cap(out))
		}
	}
}
