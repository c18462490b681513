package codectest

import (
	"math/big"
	"testing"
	"time"

	"github.com/twmb/avro"
)

// EncodeAvro writes v as the schema says.
func EncodeAvro(t testing.TB, schema string, v any) []byte {
	t.Helper()
	b, err := avro.MustParse(schema, avro.WithLaxNames(nil)).Encode(v)
	if err != nil {
		t.Fatal(err)
	}
	return b
}

// FuzzAvro is a schema with a field of each kind.
const FuzzAvro = `{"type":"record","name":"R","namespace":"n","fields":[
	{"name":"s","type":"string"},{"name":"i","type":"int"},{"name":"l","type":"long"},{"name":"f","type":"float"},{"name":"d","type":"double"},
	{"name":"b","type":"bytes"},{"name":"u","type":["null","string","R"]},{"name":"a","type":{"type":"array","items":["null","R"]}},
	{"name":"m","type":{"type":"map","values":"R"}},{"name":"e","type":{"type":"enum","name":"E","symbols":["A","B"]}},
	{"name":"dec","type":{"type":"bytes","logicalType":"decimal","precision":20,"scale":4}},{"name":"big","type":{"type":"bytes","logicalType":"big-decimal"}},
	{"name":"t","type":{"type":"long","logicalType":"timestamp-micros"}},{"name":"day","type":{"type":"int","logicalType":"date"}},
	{"name":"z","type":{"type":"array","items":"null"}}]}`

// FuzzAvroValue is a value of FuzzAvro.
func FuzzAvroValue() map[string]any {
	return map[string]any{"s": "x", "i": 1, "l": 2, "f": 1.5, "d": 2.5, "b": []byte("b"), "u": "u", "a": []any{nil}, "m": map[string]any{}, "e": "B",
		"dec": big.NewRat(5, 2), "big": big.NewRat(1, 2), "t": time.Unix(1, 0), "day": time.Unix(0, 0), "z": []any{nil, nil}}
}
