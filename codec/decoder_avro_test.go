package codec

import (
	"math"
	"math/big"
	"testing"
	"time"

	"github.com/twmb/avro"
	"github.com/twmb/franz-go/pkg/sr"

	"github.com/sluice-bridge/sluice/codec/codectest"
)

// The mapping that users see, one row a type.
func TestAvroTypesMapToJSON(t *testing.T) {
	at := time.Date(2026, 3, 4, 5, 6, 7, 80_900_000, time.UTC)
	fixed := func(name string, size string, logical string) string {
		return `{"type":"fixed","name":"` + name + `","size":` + size + logical + `}`
	}
	logical := func(typ, name string) string { return `{"type":"` + typ + `","logicalType":"` + name + `"}` }
	cases := []struct {
		name, schema string
		value        any
		want         string
	}{
		{"null", `"null"`, nil, `null`},
		{"boolean", `"boolean"`, true, `true`},
		{"int", `"int"`, -7, `-7`},
		{"long, exact", `"long"`, int64(math.MaxInt64), `9223372036854775807`},
		{"smallest long", `"long"`, int64(math.MinInt64), `-9223372036854775808`},
		{"float, shortest", `"float"`, float32(0.1), `0.1`},
		{"double", `"double"`, 1e300, `1e+300`},
		{"double without a fraction", `"double"`, 12.0, `12`},
		{"NaN", `"double"`, math.NaN(), `"NaN"`},
		{"infinite", `"double"`, math.Inf(1), `"Infinity"`},
		{"infinite float", `"float"`, float32(math.Inf(-1)), `"-Infinity"`},
		{"string", `"string"`, "é\"\\\n\x01", "\"é\\\"\\\\\\n\\u0001\""},
		{"bytes", `"bytes"`, []byte{0xff, 0}, `"/wA="`},
		{"fixed", fixed("F", "2", ""), []byte{1, 2}, `"AQI="`},
		{"enum", `{"type":"enum","name":"E","symbols":["RED","GREEN"]}`, "GREEN", `"GREEN"`},
		{"array", `{"type":"array","items":"int"}`, []int{1, 2, 3}, `[1,2,3]`},
		{"no items", `{"type":"array","items":"int"}`, []int{}, `[]`},
		{"map", `{"type":"map","values":"int"}`, map[string]int{"a b": 1}, `{"a b":1}`},
		{"union, plain", `["null","string"]`, "x", `"x"`},
		{"union, null", `["null","string"]`, nil, `null`},
		{"record", `{"type":"record","name":"R","fields":[{"name":"b","type":"int"},{"name":"a","type":"string"}]}`,
			map[string]any{"a": "x", "b": 1}, `{"b":1,"a":"x"}`},
		{"record without fields", `{"type":"record","name":"R","fields":[]}`, map[string]any{}, `{}`},
		{"decimal", `{"type":"bytes","logicalType":"decimal","precision":9,"scale":2}`, big.NewRat(1250, 100), `12.50`},
		{"negative decimal", `{"type":"bytes","logicalType":"decimal","precision":9,"scale":2}`, big.NewRat(-5, 100), `-0.05`},
		{"decimal without a scale", `{"type":"bytes","logicalType":"decimal","precision":9}`, big.NewRat(7, 1), `7`},
		{"decimal of zero", `{"type":"bytes","logicalType":"decimal","precision":9,"scale":3}`, big.NewRat(0, 1), `0.000`},
		{"decimal in a fixed", fixed("D", "16", `,"logicalType":"decimal","precision":30,"scale":4`), big.NewRat(-123456789, 10000), `-12345.6789`},
		{"wide decimal", `{"type":"bytes","logicalType":"decimal","precision":40,"scale":10}`,
			new(big.Rat).SetFrac(bigInt("-123456789012345678901234567890"), bigInt("10000000000")), `-12345678901234567890.1234567890`},
		{"big-decimal", logical("bytes", "big-decimal"), big.NewRat(5, 4), `1.25`},
		{"date", logical("int", "date"), at, `"2026-03-04"`},
		{"date before 1970", logical("int", "date"), time.Date(1899, 12, 31, 0, 0, 0, 0, time.UTC), `"1899-12-31"`},
		{"time-millis", logical("int", "time-millis"), 5*time.Hour + 1500*time.Millisecond, `"05:00:01.500"`},
		{"time-micros", logical("long", "time-micros"), 23*time.Hour + time.Microsecond, `"23:00:00.000001"`},
		{"timestamp-millis", logical("long", "timestamp-millis"), at, `"2026-03-04T05:06:07.080Z"`},
		{"timestamp-micros", logical("long", "timestamp-micros"), at, `"2026-03-04T05:06:07.080900Z"`},
		{"timestamp-nanos", logical("long", "timestamp-nanos"), at, `"2026-03-04T05:06:07.080900000Z"`},
		{"timestamp before 1970", logical("long", "timestamp-millis"), time.UnixMilli(-1), `"1969-12-31T23:59:59.999Z"`},
		{"local timestamp", logical("long", "local-timestamp-millis"), at, `"2026-03-04T05:06:07.080"`},
		{"uuid", logical("string", "uuid"), "0f8fad5b-d9cb-469f-a165-70867728950e", `"0f8fad5b-d9cb-469f-a165-70867728950e"`},
		{"uuid in a fixed", fixed("U", "16", `,"logicalType":"uuid"`), "0f8fad5b-d9cb-469f-a165-70867728950e", `"0f8fad5b-d9cb-469f-a165-70867728950e"`},
		{"duration", fixed("P", "12", `,"logicalType":"duration"`), avro.Duration{Months: 14, Days: 3, Milliseconds: 500}, `"P1Y2M3DT0.500S"`},
		{"unknown logical type", logical("long", "parsecs"), 3, `3`},
		{"logical type in a union", `["null",` + logical("long", "timestamp-millis") + `]`, at, `"2026-03-04T05:06:07.080Z"`},
	}
	fake, registry := fakeRegistry(t)
	d := newDecoder(t, FormatAvro, registry)
	for i, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			seed(fake, i+1, sr.TypeAvro, c.schema)
			if got := mustDecode(t, d, framed(i+1, codectest.EncodeAvro(t, c.schema, c.value))); got != c.want {
				t.Errorf("got %s, want %s", got, c.want)
			}
		})
	}
}

func bigInt(s string) *big.Int {
	n, _ := new(big.Int).SetString(s, 10)
	return n
}

func TestAvroReadsRecursiveSchema(t *testing.T) {
	const schema = `{"type":"record","name":"Node","namespace":"a.b","fields":[{"name":"v","type":"int"},{"name":"next","type":["null","Node"]},
		{"name":"all","type":{"type":"array","items":"a.b.Node"}}]}`
	fake, registry := fakeRegistry(t)
	seed(fake, 1, sr.TypeAvro, schema)
	value := map[string]any{"v": 1, "next": map[string]any{"v": 2, "next": nil, "all": []any{}}, "all": []any{map[string]any{"v": 3, "next": nil, "all": []any{}}}}
	got := mustDecode(t, newDecoder(t, FormatAvro, registry), framed(1, codectest.EncodeAvro(t, schema, value)))
	if want := `{"v":1,"next":{"v":2,"next":null,"all":[]},"all":[{"v":3,"next":null,"all":[]}]}`; got != want {
		t.Errorf("got %s, want %s", got, want)
	}
}

func TestAvroReadsReferencedSchemas(t *testing.T) {
	const (
		currency = `{"type":"enum","name":"Currency","namespace":"common","symbols":["EUR","USD"]}`
		money    = `{"type":"record","name":"Money","namespace":"common","fields":[{"name":"cents","type":"long"},{"name":"currency","type":"Currency"}]}`
		order    = `{"type":"record","name":"Order","namespace":"shop","fields":[{"name":"total","type":"common.Money"},{"name":"paid","type":["null","common.Money"]},{"name":"in","type":"common.Currency"}]}`
	)
	fake, registry := fakeRegistry(t)
	seed(fake, 1, sr.TypeAvro, currency)
	refCurrency := sr.SchemaReference{Name: "common.Currency", Subject: "s1", Version: 1}
	seed(fake, 2, sr.TypeAvro, money, refCurrency)
	seed(fake, 3, sr.TypeAvro, order, sr.SchemaReference{Name: "common.Money", Subject: "s2", Version: 1}, refCurrency)

	var c avro.SchemaCache
	var s *avro.Schema
	for _, text := range []string{currency, money, order} {
		var err error
		if s, err = c.Parse(text); err != nil {
			t.Fatal(err)
		}
	}
	m := map[string]any{"cents": 5, "currency": "USD"}
	payload, err := s.Encode(map[string]any{"total": m, "paid": m, "in": "EUR"})
	if err != nil {
		t.Fatal(err)
	}
	got := mustDecode(t, newDecoder(t, FormatAvro, registry), framed(3, payload))
	if want := `{"total":{"cents":5,"currency":"USD"},"paid":{"cents":5,"currency":"USD"},"in":"EUR"}`; got != want {
		t.Errorf("got %s, want %s", got, want)
	}
}

func TestAvroRecordIsReadByTheSchemaItWasWrittenWith(t *testing.T) {
	const v1 = `{"type":"record","name":"R","fields":[{"name":"id","type":"int"}]}`
	const v2 = `{"type":"record","name":"R","fields":[{"name":"note","type":"string","default":""},{"name":"id","type":"long"}]}`
	fake, registry := fakeRegistry(t)
	seed(fake, 1, sr.TypeAvro, v1)
	seed(fake, 2, sr.TypeAvro, v2)
	d := newDecoder(t, FormatAvro, registry)
	one := framed(1, codectest.EncodeAvro(t, v1, map[string]any{"id": 1}))
	two := framed(2, codectest.EncodeAvro(t, v2, map[string]any{"id": 2, "note": "x"}))
	for range 3 {
		if got := mustDecode(t, d, one); got != `{"id":1}` {
			t.Error(got)
		}
		if got := mustDecode(t, d, two); got != `{"note":"x","id":2}` {
			t.Error(got)
		}
	}
}
