package codec

import (
	"bytes"
	"encoding/json"
	"testing"

	"github.com/twmb/franz-go/pkg/sr"

	"github.com/sluice-bridge/sluice/codec/codectest"
)

// The defaults of what has always a value in proto3.
const orderDefaults = `"order_id":"","total_cents":0,"big":0,"paid":false,"rate":0,"ratio":0,"blob":"","status":"NEW","items":[],"by_sku":{},"names":{},"history":[],"nothing":null,"s32":0,"f64":0,"texts":[]`

// The mapping that users see, a case a kind; the defaults are left out of what is compared.
func TestProtobufTypesMapToJSON(t *testing.T) {
	cases := []struct{ name, in, want string }{
		{"names as in the file", `{"orderId":"a"}`, `{"order_id":"a"}`},
		{"int64, a number", `{"totalCents":"9007199254740993"}`, `{"total_cents":9007199254740993}`},
		{"uint64", `{"big":"18446744073709551615"}`, `{"big":18446744073709551615}`},
		{"fixed64 and sint32", `{"f64":"5","s32":-5}`, `{"f64":5,"s32":-5}`},
		{"bool", `{"paid":true}`, `{"paid":true}`},
		{"double", `{"rate":0.1}`, `{"rate":0.1}`},
		{"NaN", `{"rate":"NaN","ratio":"-Infinity"}`, `{"rate":"NaN","ratio":"-Infinity"}`},
		{"float, shortest", `{"ratio":0.1}`, `{"ratio":0.1}`},
		{"bytes", `{"blob":"/wA="}`, `{"blob":"/wA="}`},
		{"enum", `{"status":"PAID","history":["PAID","NEW",7]}`, `{"status":"PAID","history":["PAID","NEW",7]}`},
		{"items", `{"items":[{"sku":"a","itemQty":2},{}]}`, `{"items":[{"sku":"a","item_qty":2},{"sku":"","item_qty":0}]}`},
		{"map", `{"bySku":{"b":{"sku":"b"},"a":{}},"names":{"2":"two"}}`, `{"by_sku":{"a":{"sku":"","item_qty":0},"b":{"sku":"b","item_qty":0}},"names":{"2":"two"}}`},
		{"optional, empty", `{"note":""}`, `{"note":""}`},
		{"oneof, zero", `{"voucher":0}`, `{"voucher":0}`},
		{"timestamp", `{"at":"2026-03-04T05:06:07.5Z"}`, `{"at":"2026-03-04T05:06:07.500Z"}`},
		{"duration", `{"took":"1.5s"}`, `{"took":"1.500s"}`},
		{"field mask", `{"mask":"aB,c"}`, `{"mask":"aB,c"}`},
		{"struct", `{"extra":{"a":[1,"x",null,{"b":true}]}}`, `{"extra":{"a":[1,"x",null,{"b":true}]}}`},
		{"value", `{"anything":{"a":1.5}}`, `{"anything":{"a":1.5}}`},
		{"wrapper", `{"wrapped":"7","texts":["a",""]}`, `{"wrapped":7,"texts":["a",""]}`},
	}
	fake, registry := fakeRegistry(t)
	seed(fake, 1, sr.TypeProtobuf, codectest.ProtoOrder)
	file := codectest.CompileProto(t, codectest.ProtoOrder)
	d := newDecoder(t, FormatProtobuf, registry)
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			got := mustDecode(t, d, framed(1, codectest.EncodeProto(t, file, "Order", c.in), 1))
			var all, defaults map[string]json.RawMessage
			_ = json.Unmarshal([]byte(got), &all)
			_ = json.Unmarshal([]byte("{"+orderDefaults+"}"), &defaults)
			var want map[string]json.RawMessage
			_ = json.Unmarshal([]byte(c.want), &want)
			for k, v := range defaults {
				if want[k] == nil {
					want[k] = v
				}
			}
			if len(all) != len(want) {
				t.Errorf("got %s", got)
			}
			for k, v := range want { // byte by byte: numbers must not be strings, nor rounded
				if !bytes.Equal(all[k], v) {
					t.Errorf("%s: got %s, want %s", k, all[k], v)
				}
			}
		})
	}
	t.Run("nothing set", func(t *testing.T) {
		if got := mustDecode(t, d, framed(1, nil, 1)); got != "{"+orderDefaults+"}" {
			t.Errorf("got %s", got)
		}
	})
}

func TestProtobufIndexesChooseTheMessage(t *testing.T) {
	fake, registry := fakeRegistry(t)
	seed(fake, 1, sr.TypeProtobuf, codectest.ProtoOrder)
	d := newDecoder(t, FormatProtobuf, registry)
	id := []byte{10, 1, 'x'} // field 1 of each of them
	cases := []struct {
		name    string
		indexes []int
		want    string
	}{
		{"first, short", []int{0}, `{"id":"x"}`},
		{"nested", []int{1, 0}, `{"sku":"x","item_qty":0}`},
	}
	for _, c := range cases {
		if got := mustDecode(t, d, framed(1, id, c.indexes...)); got != c.want {
			t.Errorf("%s: got %s, want %s", c.name, got, c.want)
		}
	}
	if got := mustDecode(t, d, append([]byte{0, 0, 0, 0, 1, 2, 0}, id...)); got != `{"id":"x"}` {
		t.Errorf("first, long: got %s", got)
	}
	for name, bad := range map[string][]byte{
		"no such message": framed(1, nil, 7), "no such nested": framed(1, nil, 1, 0, 0), "none": framed(1, nil),
		"negative": {0, 0, 0, 0, 1, 2, 1}, "negative count": {0, 0, 0, 0, 1, 1}, "cut off": {0, 0, 0, 0, 1, 4, 0},
		"hostile count": {0, 0, 0, 0, 1, 0xfe, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 1, 2},
	} {
		t.Run(name, func(t *testing.T) {
			_, err := decodeSoon(t, d, bad)
			wantUndecodable(t, err, ReasonHeader, "index")
		})
	}
}

// Confluent's Java serializer counts the messages that the .proto file declares, among which the
// descriptor has one for each map.
func TestProtobufIndexesDoNotCountEntriesOfMaps(t *testing.T) {
	fake, registry := fakeRegistry(t)
	seed(fake, 1, sr.TypeProtobuf, `syntax = "proto3";
message Order {
  map<string, string> labels = 1;
  message Item { string sku = 1; }
  map<string, Item> items = 2;
  message Note { string text = 1; map<int32, Note> more = 2; }
}`)
	d := newDecoder(t, FormatProtobuf, registry)
	text := []byte{10, 1, 'x'}
	for want, indexes := range map[string][]int{`{"sku":"x"}`: {0, 0}, `{"text":"x","more":{}}`: {0, 1}} {
		if got := mustDecode(t, d, framed(1, text, indexes...)); got != want {
			t.Errorf("%v: got %s, want %s", indexes, got, want)
		}
	}
	if got := mustDecode(t, d, framed(1, []byte{10, 6, 10, 1, 'k', 18, 1, 'v', 18, 8, 10, 1, 'k', 18, 3, 10, 1, 's'}, 0)); got != `{"labels":{"k":"v"},"items":{"k":{"sku":"s"}}}` {
		t.Errorf("got %s", got)
	}
}

func TestProtobufReadsReferencedFiles(t *testing.T) {
	fake, registry := fakeRegistry(t)
	seed(fake, 1, sr.TypeProtobuf, `syntax = "proto3"; package c; message Money { int64 cents = 1; }`)
	money := sr.SchemaReference{Name: "common/money.proto", Subject: "s1", Version: 1}
	seed(fake, 2, sr.TypeProtobuf, `syntax = "proto3"; package c; import "common/money.proto"; message Price { Money net = 1; }`, money)
	seed(fake, 3, sr.TypeProtobuf, `syntax = "proto3"; import "price.proto"; import "google/type/date.proto"; import "confluent/meta.proto"; import "confluent/type/decimal.proto";
		message Order { c.Price price = 1 [(confluent.field_meta).doc = "what it costs"]; google.type.Date day = 2; confluent.type.Decimal exact = 3; }`,
		sr.SchemaReference{Name: "price.proto", Subject: "s2", Version: 1}, money)
	d := newDecoder(t, FormatProtobuf, registry)
	got := mustDecode(t, d, framed(3, []byte{10, 4, 10, 2, 8, 5, 18, 3, 8, 0xea, 0x0f}, 0))
	if want := `{"price":{"net":{"cents":5}},"day":{"year":2026,"month":0,"day":0}}`; got != want {
		t.Errorf("got %s, want %s", got, want)
	}
}
