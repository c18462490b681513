package codec

import (
	"math/big"
	"testing"
	"time"

	"github.com/twmb/franz-go/pkg/sr"

	"github.com/sluice-bridge/sluice/codec/codectest"
)

const benchAvro = `{"type":"record","name":"Order","fields":[{"name":"id","type":"string"},{"name":"customer","type":"string"},
	{"name":"at","type":{"type":"long","logicalType":"timestamp-millis"}},{"name":"total","type":{"type":"bytes","logicalType":"decimal","precision":12,"scale":2}},
	{"name":"paid","type":"boolean"},{"name":"note","type":["null","string"]},{"name":"weight","type":"double"},
	{"name":"tags","type":{"type":"array","items":"string"}}]}`

func benchDecode(b *testing.B, d *Decoder, raw []byte) {
	if d.registry != nil {
		mustDecode(b, d, raw)
	}
	b.SetBytes(int64(len(raw)))
	b.ReportAllocs()
	for b.Loop() {
		if v, err := d.Decode(raw, true); err != nil || v.JSON == nil {
			b.Fatal(err)
		}
	}
}

// BenchmarkDecoder has formats of the same content, about, side by side.
func BenchmarkDecoder(b *testing.B) {
	fake, registry := fakeRegistry(b)
	seed(fake, 1, sr.TypeAvro, benchAvro)
	seed(fake, 2, sr.TypeProtobuf, codectest.ProtoOrder)
	seed(fake, 3, sr.TypeJSON, `{}`)
	const text = `{"orderId":"o-1234567","totalCents":"125000","paid":true,"rate":1.5,"items":[{"sku":"a","itemQty":1}],"note":"hi","at":"2026-03-04T05:06:07.5Z","status":"PAID"}`
	avroValue := codectest.EncodeAvro(b, benchAvro, map[string]any{"id": "o-1234567", "customer": "c-42", "at": time.UnixMilli(1_780_000_000_123),
		"total": big.NewRat(125000, 100), "paid": true, "note": "hi", "weight": 1.5, "tags": []string{"a", "b"}})
	b.Run("json", func(b *testing.B) { benchDecode(b, newDecoder(b, FormatJSON, nil), []byte(text)) })
	b.Run("json_schema", func(b *testing.B) { benchDecode(b, newDecoder(b, FormatJSONSchema, registry), framed(3, []byte(text))) })
	b.Run("avro", func(b *testing.B) { benchDecode(b, newDecoder(b, FormatAvro, registry), framed(1, avroValue)) })
	b.Run("protobuf", func(b *testing.B) {
		benchDecode(b, newDecoder(b, FormatProtobuf, registry), framed(2, codectest.EncodeProto(b, codectest.CompileProto(b, codectest.ProtoOrder), "Order", text), 1))
	})
	b.Run("nobody asks", func(b *testing.B) {
		d, raw := newDecoder(b, FormatAvro, registry), framed(1, avroValue)
		b.ReportAllocs()
		for b.Loop() {
			if v, err := d.Decode(raw, false); err != nil || v.JSON != nil {
				b.Fatal(err)
			}
		}
	})
}

// BenchmarkDecoderJSON is BenchmarkDecode by way of a Decoder: it may cost no more.
func BenchmarkDecoderJSON(b *testing.B) { benchDecode(b, newDecoder(b, FormatJSON, nil), benchJSON) }
