package codec

import (
	"bytes"
	"encoding/json"
	"math"
	"math/big"
	"strings"
	"testing"
	"time"

	"github.com/twmb/avro"
	"github.com/twmb/franz-go/pkg/sr"
)

// The mapping that users see, one row a type.
func TestAvroMapping(t *testing.T) {
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
			if got := mustDecode(t, d, framed(i+1, encodeAvro(t, c.schema, c.value))); got != c.want {
				t.Errorf("got %s, want %s", got, c.want)
			}
		})
	}
}

func bigInt(s string) *big.Int {
	n, _ := new(big.Int).SetString(s, 10)
	return n
}

func TestAppendDecimal(t *testing.T) {
	cases := []struct {
		unscaled []byte
		scale    int
		want     string
	}{
		{nil, 0, "0"},
		{nil, 2, "0.00"},
		{[]byte{0x80}, 0, "-128"},
		{[]byte{0xff, 0xff}, 1, "-0.1"},
		{[]byte{5}, -3, "5000"},
		{[]byte{0}, -3, "0"},
		{[]byte{0x80, 0, 0, 0, 0, 0, 0, 0}, 0, "-9223372036854775808"},
		{[]byte{0, 0x80, 0, 0, 0, 0, 0, 0, 0}, 18, "9.223372036854775808"},
		{bytes.Repeat([]byte{0xff}, 20), 3, "-0.001"},
	}
	for _, c := range cases {
		got, err := appendDecimal([]byte("x"), c.unscaled, c.scale)
		if err != nil || string(got) != "x"+c.want {
			t.Errorf("% x scale %d: %s, %v; want %s", c.unscaled, c.scale, got, err, c.want)
		}
	}
	if _, err := appendDecimal(nil, make([]byte, maxUnscaled+1), 0); err == nil {
		t.Error("a decimal of any length is taken")
	}
}

func TestAvroRecursive(t *testing.T) {
	const schema = `{"type":"record","name":"Node","namespace":"a.b","fields":[{"name":"v","type":"int"},{"name":"next","type":["null","Node"]},
		{"name":"all","type":{"type":"array","items":"a.b.Node"}}]}`
	fake, registry := fakeRegistry(t)
	seed(fake, 1, sr.TypeAvro, schema)
	value := map[string]any{"v": 1, "next": map[string]any{"v": 2, "next": nil, "all": []any{}}, "all": []any{map[string]any{"v": 3, "next": nil, "all": []any{}}}}
	got := mustDecode(t, newDecoder(t, FormatAvro, registry), framed(1, encodeAvro(t, schema, value)))
	if want := `{"v":1,"next":{"v":2,"next":null,"all":[]},"all":[{"v":3,"next":null,"all":[]}]}`; got != want {
		t.Errorf("got %s, want %s", got, want)
	}
}

func TestAvroReferences(t *testing.T) {
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

// Each record is read by the schema it was written with.
func TestAvroEvolution(t *testing.T) {
	const v1 = `{"type":"record","name":"R","fields":[{"name":"id","type":"int"}]}`
	const v2 = `{"type":"record","name":"R","fields":[{"name":"note","type":"string","default":""},{"name":"id","type":"long"}]}`
	fake, registry := fakeRegistry(t)
	seed(fake, 1, sr.TypeAvro, v1)
	seed(fake, 2, sr.TypeAvro, v2)
	d := newDecoder(t, FormatAvro, registry)
	one := framed(1, encodeAvro(t, v1, map[string]any{"id": 1}))
	two := framed(2, encodeAvro(t, v2, map[string]any{"id": 2, "note": "x"}))
	for range 3 {
		if got := mustDecode(t, d, one); got != `{"id":1}` {
			t.Error(got)
		}
		if got := mustDecode(t, d, two); got != `{"note":"x","id":2}` {
			t.Error(got)
		}
	}
}

// What registries took must not make a topic unreadable: they hold schemas to the grammar, and a part that
// is not what the specification says is ignored, or fails only the values that have it.
func TestAvroLaxSchemas(t *testing.T) {
	record := func(typ string) string {
		return `{"type":"record","name":"R","fields":[{"name":"f","type":` + typ + `}]}`
	}
	cases := []struct {
		name, schema string
		payload      []byte
		want         string // or the end of an error
	}{
		{"defaults and aliases", `{"type":"record","name":"my-topic.Value","fields":[{"name":"a","type":["null","string"],"default":"null"},
			{"name":"b-c","type":"int","default":"x","aliases":["1"],"order":"up","doc":7}],"aliases":3}`, []byte{2, 2, 'v', 4}, `{"a":"v","b-c":2}`},
		{"decimal without a precision", record(`{"type":"bytes","logicalType":"decimal","scale":2}`), []byte{2, 5}, `{"f":"BQ=="}`},
		{"decimal of precision 0", record(`{"type":"bytes","logicalType":"decimal","precision":0}`), []byte{2, 5}, `{"f":"BQ=="}`},
		{"decimal with a text for a precision", record(`{"type":"bytes","logicalType":"decimal","precision":"9"}`), []byte{2, 5}, `{"f":"BQ=="}`},
		{"decimal with a broken precision", record(`{"type":"bytes","logicalType":"decimal","precision":9.5}`), []byte{2, 5}, `{"f":"BQ=="}`},
		{"decimal with a negative scale", record(`{"type":"bytes","logicalType":"decimal","precision":9,"scale":-1}`), []byte{2, 5}, `{"f":"BQ=="}`},
		{"decimal with a text for a scale", record(`{"type":"bytes","logicalType":"decimal","precision":9,"scale":"2"}`), []byte{2, 5}, `{"f":"BQ=="}`},
		{"decimal with more scale than precision", record(`{"type":"bytes","logicalType":"decimal","precision":2,"scale":3}`), []byte{2, 5}, `{"f":"BQ=="}`},
		{"decimal too precise for its fixed", record(`{"type":"fixed","name":"D","size":1,"logicalType":"decimal","precision":3}`), []byte{5}, `{"f":"BQ=="}`},
		{"decimal as precise as its fixed", record(`{"type":"fixed","name":"D","size":1,"logicalType":"decimal","precision":2}`), []byte{5}, `{"f":5}`},
		{"decimal over a string", record(`{"type":"string","logicalType":"decimal","precision":9}`), []byte{2, '5'}, `{"f":"5"}`},
		{"decimal of more digits than are written", record(`{"type":"bytes","logicalType":"decimal","precision":2000,"scale":2000}`), []byte{2, 5}, "scale beyond 1000"},
		{"such a decimal, null", record(`["null",{"type":"bytes","logicalType":"decimal","precision":2000,"scale":2000}]`), []byte{0}, `{"f":null}`},
		{"date over a long", record(`{"type":"long","logicalType":"date"}`), []byte{2}, `{"f":1}`},
		{"time over a string", record(`{"type":"string","logicalType":"time-millis"}`), []byte{2, '5'}, `{"f":"5"}`},
		{"timestamp over an int", record(`{"type":"int","logicalType":"timestamp-millis"}`), []byte{2}, `{"f":1}`},
		{"uuid of another size", record(`{"type":"fixed","name":"U","size":1,"logicalType":"uuid"}`), []byte{5}, `{"f":"BQ=="}`},
		{"duration of another size", record(`{"type":"fixed","name":"U","size":1,"logicalType":"duration"}`), []byte{5}, `{"f":"BQ=="}`},
		{"big-decimal over a fixed", record(`{"type":"fixed","name":"U","size":1,"logicalType":"big-decimal"}`), []byte{5}, `{"f":"BQ=="}`},
		{"logical type that is no text", record(`{"type":"long","logicalType":{"a":1}}`), []byte{2}, `{"f":1}`},
		{"logical type of an array", record(`{"type":"array","items":"int","logicalType":"map"}`), []byte{0}, `{"f":[]}`},
		{"properties of another type", record(`{"type":"string","size":"big","fields":1,"symbols":{},"name":"s","precision":"x"}`), []byte{2, '5'}, `{"f":"5"}`},
		{"a name in an object", `{"type":"record","name":"R","namespace":"n","fields":[{"name":"e","type":{"type":"enum","name":"E","symbols":["A"]}},
			{"name":"f","type":{"type":"E","logicalType":"x"}}]}`, []byte{0, 0}, `{"e":"A","f":"A"}`},
		{"a type in a type", record(`{"type":{"type":"int"}}`), []byte{2}, `{"f":1}`},
		{"used before it is defined", `{"type":"record","name":"R","namespace":"n","fields":[{"name":"a","type":"E"},
			{"name":"e","type":{"type":"enum","name":"E","symbols":["A","B"]}}]}`, []byte{2, 0}, `{"a":"B","e":"A"}`},
		{"nowhere defined, and not there", record(`["null","shop.Money"]`), []byte{0}, `{"f":null}`},
		{"nowhere defined", record(`["null","shop.Money"]`), []byte{2, 4}, `f: its type "shop.Money" is defined neither by the schema nor by what it refers to`},
		{"nobody's namespace", `{"type":"record","name":"R","namespace":"n","fields":[{"name":"e","type":{"type":"enum","name":"E","namespace":"","symbols":["A"]}},
			{"name":"f","type":"E"}]}`, []byte{0, 0}, `{"e":"A","f":"A"}`},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			typ, _, err := parseAvro(&source{text: c.schema})
			if err != nil {
				t.Fatal(err)
			}
			got, err := typ.transcode(nil, c.payload)
			if err != nil {
				got = []byte(err.Error())
			}
			if !strings.HasSuffix(string(got), c.want) {
				t.Errorf("got %s, want %s", got, c.want)
			}
		})
	}
}

func TestAvroBadSchemas(t *testing.T) {
	for schema, want := range map[string]string{
		``:                                      "EOF",
		`{} {}`:                                 "more follows the schema",
		`{}`:                                    "neither a name, an object nor a union",
		`["null",7]`:                            "neither a name, an object nor a union",
		`{"type":"array"}`:                      "neither a name, an object nor a union",
		`{"type":"record"}`:                     "has no name",
		`{"type":"enum","name":"E"}`:            "an enum has no symbols",
		`{"type":"fixed","name":"F","size":-1}`: "a fixed has no size",
		`{"type":"record","name":"R"}`:          `the record "R" has no fields`,
		`{"type":"record","name":"R","fields":["x"]}`:                                                          `a field of "R" has no name`,
		`{"type":"record","name":"R","fields":[{"name":"a","type":{"type":"record","name":"R","fields":[]}}]}`: `a: the type "R" is defined twice`,
		strings.Repeat(`{"type":"array","items":`, 1100) + `"int"` + strings.Repeat(`}`, 1100):                 "nest too deep",
	} {
		if _, _, err := parseAvro(&source{text: schema}); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%.60s: %v, want %s", schema, err, want)
		}
	}
}

func TestAvroBadData(t *testing.T) {
	record := func(typ string) string {
		return `{"type":"record","name":"R","fields":[{"name":"outer","type":{"type":"record","name":"S","fields":[{"name":"inner","type":` + typ + `}]}}]}`
	}
	cases := []struct {
		name, schema string
		payload      []byte
		want         string
	}{
		{"too short", record(`"string"`), []byte{10, 'a'}, "outer.inner: it ends too early"},
		{"nothing", record(`"double"`), nil, "outer.inner: it ends too early"},
		{"negative length", record(`"bytes"`), []byte{1}, "it ends too early"},
		{"hostile length", record(`"bytes"`), []byte{0xfe, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x01}, "it ends too early"},
		{"endless varint", record(`"long"`), bytes.Repeat([]byte{0xff}, 20), "out of range"},
		{"int too large", record(`"int"`), []byte{0xfe, 0xff, 0xff, 0xff, 0xff, 0x01}, "out of range"},
		{"no such branch", record(`["null","int"]`), []byte{4}, "no branch 2"},
		{"no such symbol", record(`{"type":"enum","name":"E","symbols":["A"]}`), []byte{2}, "no symbol 1"},
		{"more than a value", record(`"int"`), []byte{2, 2}, "bytes after its end"},
		{"not UTF-8", record(`"string"`), []byte{2, 0xff}, "not UTF-8"},
		{"map key not UTF-8", record(`{"type":"map","values":"int"}`), []byte{2, 2, 0xff, 2, 0}, "not UTF-8"},
		{"items out of nothing", record(`{"type":"array","items":"null"}`), []byte{0xfe, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x01}, "take no bytes"},
		{"most negative count", record(`{"type":"array","items":"null"}`), []byte{0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x01, 0}, "out of range"},
		{"time beyond the day", record(`{"type":"int","logicalType":"time-millis"}`), []byte{0x80, 0xf8, 0xb3, 0x52}, "beyond the day"},
		{"a record within itself for ever", `{"type":"record","name":"R","fields":[{"name":"r","type":"R"}]}`, nil, "nests deeper"},
		{"deep", `{"type":"record","name":"R","fields":[{"name":"r","type":["null","R"]}]}`, bytes.Repeat([]byte{2}, 1<<20), "nests deeper"},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			typ, _, err := parseAvro(&source{text: c.schema})
			if err != nil {
				t.Fatal(err)
			}
			_, err = typ.transcode(nil, c.payload)
			if err == nil || !strings.Contains(err.Error(), c.want) {
				t.Fatalf("got %v, want %q", err, c.want)
			}
			if len(err.Error()) > 500 {
				t.Errorf("an error of %d bytes", len(err.Error()))
			}
		})
	}
}

const fuzzAvro = `{"type":"record","name":"R","namespace":"n","fields":[
	{"name":"s","type":"string"},{"name":"i","type":"int"},{"name":"l","type":"long"},{"name":"f","type":"float"},{"name":"d","type":"double"},
	{"name":"b","type":"bytes"},{"name":"u","type":["null","string","R"]},{"name":"a","type":{"type":"array","items":["null","R"]}},
	{"name":"m","type":{"type":"map","values":"R"}},{"name":"e","type":{"type":"enum","name":"E","symbols":["A","B"]}},
	{"name":"dec","type":{"type":"bytes","logicalType":"decimal","precision":20,"scale":4}},{"name":"big","type":{"type":"bytes","logicalType":"big-decimal"}},
	{"name":"t","type":{"type":"long","logicalType":"timestamp-micros"}},{"name":"day","type":{"type":"int","logicalType":"date"}},
	{"name":"z","type":{"type":"array","items":"null"}}]}`

func fuzzAvroValue() map[string]any {
	return map[string]any{"s": "x", "i": 1, "l": 2, "f": 1.5, "d": 2.5, "b": []byte("b"), "u": "u", "a": []any{nil}, "m": map[string]any{}, "e": "B",
		"dec": big.NewRat(5, 2), "big": big.NewRat(1, 2), "t": time.Unix(1, 0), "day": time.Unix(0, 0), "z": []any{nil, nil}}
}

// What decodes is JSON, and the library takes it too.
func FuzzDecodeAvro(f *testing.F) {
	typ, _, err := parseAvro(&source{text: fuzzAvro})
	if err != nil {
		f.Fatal(err)
	}
	library := avro.MustParse(fuzzAvro)
	f.Add(encodeAvro(f, fuzzAvro, fuzzAvroValue()))
	f.Add([]byte{0xff, 0xff, 0xff})
	f.Fuzz(func(t *testing.T, payload []byte) {
		out, err := typ.transcode(nil, payload)
		if err != nil {
			return
		}
		if !json.Valid(out) {
			t.Fatalf("not JSON: %s", out)
		}
		var v any
		if _, err := library.Decode(payload, &v); err != nil && !strings.Contains(err.Error(), "limit") {
			t.Fatalf("the library refuses what decodes to %s: %v", out, err)
		}
	})
}
