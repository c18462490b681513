package avro

import (
	"bytes"
	"encoding/json"
	"strings"
	"testing"

	"github.com/twmb/avro"

	"github.com/sluice-bridge/sluice/codec/codectest"
	"github.com/sluice-bridge/sluice/codec/schema"
)

func TestDecimalIsWrittenExactly(t *testing.T) {
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

// What registries took must not make a topic unreadable: they hold schemas to the grammar, and a part that
// is not what the specification says is ignored, or fails only the values that have it.
func TestLaxAvroSchemasAreRead(t *testing.T) {
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
			typ, err := parseText(&schema.Source{Text: c.schema})
			if err != nil {
				t.Fatal(err)
			}
			got, err := typ.Transcode(nil, c.payload)
			if err != nil {
				got = []byte(err.Error())
			}
			if !strings.HasSuffix(string(got), c.want) {
				t.Errorf("got %s, want %s", got, c.want)
			}
		})
	}
}

func TestBadAvroSchemasAreRefused(t *testing.T) {
	for text, want := range map[string]string{
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
		if _, err := Parse(&schema.Source{Text: text}); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%.60s: %v, want %s", text, err, want)
		}
	}
}

func TestBadAvroDataIsRefused(t *testing.T) {
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
			typ, err := parseText(&schema.Source{Text: c.schema})
			if err != nil {
				t.Fatal(err)
			}
			_, err = typ.Transcode(nil, c.payload)
			if err == nil || !strings.Contains(err.Error(), c.want) {
				t.Fatalf("got %v, want %q", err, c.want)
			}
			if len(err.Error()) > 500 {
				t.Errorf("an error of %d bytes", len(err.Error()))
			}
		})
	}
}

// What decodes is JSON, and the library takes it too.
func FuzzDecodeAvro(f *testing.F) {
	typ, err := parseText(&schema.Source{Text: codectest.FuzzAvro})
	if err != nil {
		f.Fatal(err)
	}
	library := avro.MustParse(codectest.FuzzAvro)
	f.Add(codectest.EncodeAvro(f, codectest.FuzzAvro, codectest.FuzzAvroValue()))
	f.Add([]byte{0xff, 0xff, 0xff})
	f.Fuzz(func(t *testing.T, payload []byte) {
		out, err := typ.Transcode(nil, payload)
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

func parseText(src *schema.Source) (*valueType, error) {
	made, err := Parse(src)
	if err != nil {
		return nil, err
	}
	return made.Types.(*valueType), nil
}
