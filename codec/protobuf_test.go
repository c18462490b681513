package codec

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"math"
	"strings"
	"testing"

	"github.com/bufbuild/protocompile"
	"github.com/twmb/franz-go/pkg/sr"
	"google.golang.org/protobuf/encoding/protojson"
	"google.golang.org/protobuf/encoding/protowire"
	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/reflect/protoreflect"
	"google.golang.org/protobuf/types/dynamicpb"
)

const protoOrder = `syntax = "proto3";
package shop;
import "google/protobuf/any.proto";
import "google/protobuf/duration.proto";
import "google/protobuf/field_mask.proto";
import "google/protobuf/struct.proto";
import "google/protobuf/timestamp.proto";
import "google/protobuf/wrappers.proto";
message First { string id = 1; }
message Order {
  enum Status { NEW = 0; PAID = 1; }
  message Item { string sku = 1; int32 item_qty = 2; }
  string order_id = 1;
  int64 total_cents = 2;
  uint64 big = 3;
  bool paid = 4;
  double rate = 5;
  float ratio = 6;
  bytes blob = 7;
  Status status = 8;
  repeated Item items = 9;
  map<string, Item> by_sku = 10;
  map<int32, string> names = 11;
  optional string note = 12;
  oneof how { string card = 13; int32 voucher = 14; }
  google.protobuf.Timestamp at = 15;
  google.protobuf.Duration took = 16;
  google.protobuf.FieldMask mask = 17;
  google.protobuf.Struct extra = 18;
  google.protobuf.Int64Value wrapped = 19;
  google.protobuf.Any any = 20;
  Order parent = 21;
  repeated Status history = 22;
  google.protobuf.NullValue nothing = 23;
  google.protobuf.Value anything = 24;
  sint32 s32 = 25;
  fixed64 f64 = 26;
  repeated google.protobuf.StringValue texts = 27;
}`

// The defaults of what has always a value in proto3.
const orderDefaults = `"order_id":"","total_cents":0,"big":0,"paid":false,"rate":0,"ratio":0,"blob":"","status":"NEW","items":[],"by_sku":{},"names":{},"history":[],"nothing":null,"s32":0,"f64":0,"texts":[]`

func compileProto(t testing.TB, text string) protoreflect.FileDescriptor {
	t.Helper()
	c := protocompile.Compiler{Resolver: protocompile.WithStandardImports(&protocompile.SourceResolver{
		Accessor: protocompile.SourceAccessorFromMap(map[string]string{"x.proto": text}),
	})}
	files, err := c.Compile(context.Background(), "x.proto")
	if err != nil {
		t.Fatal(err)
	}
	return files[0]
}

// encodeProto encodes a message that is given in the library's own JSON.
func encodeProto(t testing.TB, file protoreflect.FileDescriptor, message protoreflect.Name, text string) []byte {
	t.Helper()
	m := dynamicpb.NewMessage(file.Messages().ByName(message))
	if err := (protojson.UnmarshalOptions{}).Unmarshal([]byte(text), m); err != nil {
		t.Fatal(err)
	}
	b, err := proto.Marshal(m)
	if err != nil {
		t.Fatal(err)
	}
	return b
}

// The mapping that users see, a case a kind; the defaults are left out of what is compared.
func TestProtobufMapping(t *testing.T) {
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
	seed(fake, 1, sr.TypeProtobuf, protoOrder)
	file := compileProto(t, protoOrder)
	d := newDecoder(t, FormatProtobuf, registry)
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			got := mustDecode(t, d, framed(1, encodeProto(t, file, "Order", c.in), 1))
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

func TestProtobufIndexes(t *testing.T) {
	fake, registry := fakeRegistry(t)
	seed(fake, 1, sr.TypeProtobuf, protoOrder)
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
func TestProtobufIndexesBesideMaps(t *testing.T) {
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

func TestProtobufReferences(t *testing.T) {
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

func TestProtobufKnownImports(t *testing.T) {
	files, err := knownImports.ReadDir("imports/google/type")
	if err != nil {
		t.Fatal(err)
	}
	text := `syntax = "proto3";` + "\n"
	for _, f := range files {
		text += `import "google/type/` + f.Name() + "\";\n"
	}
	if _, err := parseProtobuf(&source{text: text + "message M {}"}); err != nil {
		t.Error(err)
	}
}

func TestProtobufAny(t *testing.T) {
	file := compileProto(t, protoOrder)
	typ, err := parseProtobuf(&source{text: protoOrder})
	if err != nil {
		t.Fatal(err)
	}
	pack := func(url string, payload []byte) []byte {
		b := protowire.AppendString(protowire.AppendTag(nil, 1, protowire.BytesType), url)
		b = protowire.AppendBytes(protowire.AppendTag(b, 2, protowire.BytesType), payload)
		return protowire.AppendBytes(protowire.AppendTag(nil, 20, protowire.BytesType), b)
	}
	decode := func(payload []byte) (string, error) {
		out, err := typ.top[1].transcode(nil, payload)
		if err == nil && !json.Valid(out) {
			t.Fatalf("not JSON: %s", out)
		}
		return string(out), err
	}
	for name, c := range map[string]struct {
		url     string
		payload []byte
		want    string
	}{
		"known":           {"type.googleapis.com/shop.First", encodeProto(t, file, "First", `{"id":"a"}`), `"any":{"@type":"type.googleapis.com/shop.First","id":"a"}`},
		"of special form": {"x/google.protobuf.Duration", []byte{8, 3}, `"any":{"@type":"x/google.protobuf.Duration","value":"3s"}`},
		"unknown":         {"x/other.Type", []byte{1, 2}, `"any":{"@type":"x/other.Type","value":"AQI="}`},
		"empty":           {"", nil, `"any":{"@type":"","value":""}`},
	} {
		if got, err := decode(pack(c.url, c.payload)); err != nil || !strings.Contains(got, c.want) {
			t.Errorf("%s: got %s, %v", name, got, err)
		}
	}
	// Each level copies all of the next: a few KiB must not become gigabytes.
	payload := []byte{}
	for range 300 {
		payload = pack("x/shop.Order", payload)
	}
	if _, err := decode(payload); err == nil || !strings.Contains(err.Error(), "Any") {
		t.Errorf("got %v", err)
	}
}

func TestProtobufBadData(t *testing.T) {
	const proto2 = `syntax = "proto2"; message M { optional string s = 1; required int32 must = 2; optional M m = 3; repeated M all = 4; optional group G = 5 { optional int32 x = 1; } }`
	typ, err := parseProtobuf(&source{text: proto2})
	if err != nil {
		t.Fatal(err)
	}
	deep := []byte{16, 1}
	for range 2000 {
		deep = append(protowire.AppendBytes([]byte{26}, deep), 16, 1)
	}
	for name, c := range map[string]struct {
		payload []byte
		want    string
	}{
		"cut off":          {[]byte{10, 5, 'a'}, "proto"},
		"required is not":  {[]byte{10, 0}, "required"},
		"no UTF-8":         {[]byte{10, 1, 0xff, 16, 1}, "s: a string is not UTF-8"},
		"deep":             {deep, "recursion"},
		"field number 0":   {[]byte{0, 0}, "proto"},
		"hostile length":   {[]byte{10, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x7f}, "proto"},
		"wrong end":        {[]byte{44, 16, 1}, "proto"},
		"group never ends": {bytes.Repeat([]byte{43}, 1<<16), "proto"},
	} {
		t.Run(name, func(t *testing.T) {
			if _, err := typ.top[0].transcode(nil, c.payload); err == nil || !strings.Contains(err.Error(), c.want) {
				t.Errorf("got %v, want %q", err, c.want)
			}
		})
	}
	out, err := typ.top[0].transcode(nil, []byte{16, 1, 43, 8, 7, 44, 98, 1, 'u'})
	if err != nil || string(out) != `{"must":1,"all":[],"g":{"x":7}}` {
		t.Errorf("a group and an unknown field: %s, %v", out, err)
	}
}

// The library panics on it.
func TestProtobufTwoKeys(t *testing.T) {
	t.Parallel()
	typ, err := parseProtobuf(&source{text: `syntax = "proto3"; message M { map<string, string> a = 1; }`})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := typ.top[0].transcode(nil, []byte{10, 5, 10, 1, 'k', 8, 1}); !errors.Is(err, errBadMap) {
		t.Error(err)
	}
}

// What registries took must not make a topic unreadable: they hold schemas to the grammar.
func TestProtobufLaxSchemas(t *testing.T) {
	const lost = `syntax = "proto3"; package shop; import "shop/money.proto";
		message Order { string id = 1; Money total = 2; repeated common.Tag tags = 3; map<string, Money> by = 4; oneof how { .pay.Card card = 5; } Kind kind = 6; map<string, Kind> kinds = 7; }`
	cases := []struct {
		name, schema string
		payload      []byte
		want         string // or the end of an error
	}{
		{"options of an import that is not there", `syntax = "proto3"; import "buf/validate/validate.proto"; import "google/api/annotations.proto"; import "google/api/field_behavior.proto";
			option (shop.file) = {a: [1, 2]};
			message Order { option (shop.message).strict = true; string id = 1 [(buf.validate.field).string.min_len = 1, (google.api.field_behavior) = REQUIRED, deprecated = true];
				oneof x { option (buf.validate.oneof).required = true; int32 y = 2; } enum E { option (a.b) = 1; Z = 0 [(a.c) = "z"]; } E e = 3; }
			service S { rpc Get(shop.Ask) returns (shop.Answer) { option (google.api.http) = {get: "/v1"}; } }`, []byte{10, 1, 'x'}, `{"id":"x","e":"Z"}`},
		{"options of its own, wrongly used", `syntax = "proto3"; import "google/protobuf/descriptor.proto"; extend google.protobuf.FieldOptions { string doc = 50000; }
			message M { string a = 1 [(doc) = 7, (nothing) = 1]; }`, []byte{10, 1, 'x'}, `{"a":"x"}`},
		{"extensions of a message that is not there", `syntax = "proto2"; import "x.proto"; extend x.Y { optional int32 z = 100; }
			message M { extensions 100 to max; optional string a = 1; extend x.Y { optional M m = 101; } }`, []byte{10, 1, 'x'}, `{"a":"x"}`},
		{"a default of another type", `syntax = "proto2"; enum E { A = 1; } message M { optional int32 a = 1 [default = "x"]; optional E e = 2 [default = B]; optional x.Y y = 3 [default = Z]; }`, []byte{8, 5}, `{"a":5}`},
		{"names that are one in JSON", `syntax = "proto3"; message M { string foo_bar = 1; string fooBar = 2 [json_name = "foo_bar"]; }`, []byte{10, 1, 'x'}, `{"foo_bar":"x","fooBar":""}`},
		{"numbers that are reserved", `syntax = "proto3"; message M { reserved 1 to 5; reserved "a"; string a = 1; enum E { reserved 0; Z = 0; Y = 0; } E e = 2; }`, []byte{10, 1, 'x'}, `{"a":"x","e":"Z"}`},
		{"an edition", `edition = "2023"; import "buf/validate/validate.proto"; option features.field_presence = IMPLICIT;
			message M { string a = 1; string b = 2 [features.field_presence = EXPLICIT, (buf.validate.field).required = true]; M m = 3 [features.message_encoding = DELIMITED]; }`,
			[]byte{27, 10, 1, 'x', 28}, `{"a":"","m":{"a":"x"}}`},
		{"an edition after it", `edition = "2024"; import option "buf/validate/validate.proto"; option features.enforce_naming_style = STYLE_LEGACY; option features.field_presence = IMPLICIT;
			option features.(pb.cpp).string_type = VIEW; export message M { string a = 1; M m = 3 [features.message_encoding = DELIMITED]; local enum E { A = 0; } E e = 4; } local message N {}`,
			[]byte{27, 10, 1, 'x', 28}, `{"a":"","m":{"a":"x","e":"A"},"e":"A"}`},
		{"an edition after it, with comments", "\ufeff" + `/* edition = "2023" */ edition /* */ = // what it is
			'2024'; import /* x */ option /* ; */ "a.proto"; /* local */ export /* to all */ message // of text
			M { string a = 1; oneof o { export message = 2; local enum = 3; } local message export {} message local {} }`, []byte{18, 0}, `{"message":{}}`},
		{"an edition in a comment", `// edition = "2024"
			syntax = "proto3"; message M { export message = 2; message export {} }`, []byte{18, 0}, `{"message":{}}`},
		{"an edition in a text", `syntax = "proto3"; option java_package = 'edition = "2024"'; message M { export message = 2; message export {} }`, []byte{18, 0}, `{"message":{}}`},
		{"features of it in one", `edition = "2024"; option features = { field_presence: IMPLICIT enforce_naming_style: STYLE_LEGACY default_symbol_visibility: EXPORT_ALL }; message M { string a = 1; }`, nil, `{"a":""}`},
		{"an enum without a zero value", `syntax = "proto3"; message M { enum E { A = 1; B = 2; C = 2; } E e = 1; repeated E all = 2; E other = 3; map<string, E> by = 4; }`,
			[]byte{8, 2, 18, 3, 1, 2, 7, 34, 3, 10, 1, 'k'}, `{"e":"B","all":["A","B",7],"other":0,"by":{"k":0}}`},
		{"an enum whose zero value is not the first", `syntax = "proto3"; enum E { A = 1; Z = 0; } message M { E e = 1; }`, nil, `{"e":"Z"}`},
		{"values that are one without the name of the enum", `syntax = "proto3"; enum Status { STATUS_NEW = 0; NEW = 1; } message M { Status status = 1; }`, []byte{8, 1}, `{"status":"NEW"}`},
		{"names like those that the enum gets", `syntax = "proto3"; message M { enum E { Z = 0; } enum E_ { Y = 0; } message E__0 { int32 a = 1; } E e = 1; E__0 f = 2; E_ E___0 = 3; }
			enum E { A = 0; } message E__0 { }`, []byte{18, 2, 8, 1}, `{"e":"Z","f":{"a":1},"E___0":"Y"}`},
		{"an enum without values", `syntax = "proto3"; message M { enum E { } E e = 1; }`, []byte{8, 1}, `{"e":1}`},
		{"an enum of proto2", `syntax = "proto2"; message M { enum E { A = 3; } optional E e = 1; repeated E all = 2; }`, []byte{8, 3, 16, 3, 16, 4}, `{"e":"A","all":["A",4]}`},

		{"types that nobody declares, and nobody has", lost, []byte{10, 1, 'x'}, `{"id":"x"}`},
		{"a message", lost, []byte{10, 1, 'x', 18, 0}, `total: its type "Money" is declared neither by the schema nor by what it refers to`},
		{"a list", lost, []byte{26, 2, 8, 1}, `tags: its type "common.Tag" is declared neither by the schema nor by what it refers to`},
		{"a map", lost, []byte{34, 2, 10, 0}, `by: its type "Money" is declared neither by the schema nor by what it refers to`},
		{"one of several", lost, []byte{42, 0}, `card: its type "pay.Card" is declared neither by the schema nor by what it refers to`},
		{"an enum, as it turns out", lost, []byte{10, 1, 'x', 48, 1}, `kind: its type "Kind" is declared neither by the schema nor by what it refers to`},
		{"a map to enums", lost, []byte{58, 4, 10, 0, 16, 1}, `kinds: its type "Kind" is declared neither by the schema nor by what it refers to`},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			typ, err := parseProtobuf(&source{text: c.schema})
			if err != nil {
				t.Fatal(err)
			}
			got, err := typ.top[0].transcode(nil, c.payload)
			if err != nil {
				got = []byte(err.Error())
			}
			if !strings.HasSuffix(string(got), c.want) {
				t.Errorf("got %s, want %s", got, c.want)
			}
		})
	}
}

// The group of an extension is a message of the file, and counted as one.
func TestProtobufGroupOfExtension(t *testing.T) {
	t.Parallel()
	typ, err := parseProtobuf(&source{text: `syntax = "proto2"; message A { extensions 1 to max; extend A { optional group In = 2 { } } message B { optional string b = 1; } }
		extend A { optional int32 x = 3; optional group Out = 1 { optional string o = 1 [default = "x"]; } } message M { optional string m = 1; }`})
	if err != nil {
		t.Fatal(err)
	}
	for want, m := range map[string]*protoMessage{`{"o":"x"}`: typ.top[1], `{"m":"x"}`: typ.top[2], `{"b":"x"}`: typ.top[0].nested[1]} {
		if got, err := m.transcode(nil, []byte{10, 1, 'x'}); err != nil || string(got) != want {
			t.Errorf("%s, %v, want %s", got, err, want)
		}
	}
}

// Registries let a message of proto3 have an enum of proto2.
func TestProtobufClosedEnum(t *testing.T) {
	t.Parallel()
	refs := []reference{{"e.proto", `syntax = "proto2"; package e; enum E { A = 1; B = 2; }`}}
	typ, err := parseProtobuf(&source{refs: refs, text: `syntax = "proto3"; import "e.proto"; message M { e.E one = 1; optional e.E two = 2; }`})
	if err != nil {
		t.Fatal(err)
	}
	if got, err := typ.top[0].transcode(nil, []byte{8, 2}); err != nil || string(got) != `{"one":"B"}` {
		t.Errorf("%s, %v", got, err)
	}
	if got, err := typ.top[0].transcode(nil, []byte{16, 1}); err != nil || string(got) != `{"one":0,"two":"A"}` {
		t.Errorf("%s, %v", got, err)
	}
}

// A reference that is of no use is as good as none.
func TestProtobufBadReference(t *testing.T) {
	t.Parallel()
	refs := []reference{{"bad.proto", "not a file"}, {"twice.proto", `syntax = "proto3"; message Tag { string name = 1; }`}, {"tag.proto", `syntax = "proto3"; message Tag { string name = 1; }`}}
	typ, err := parseProtobuf(&source{refs: refs, text: `syntax = "proto3"; import "bad.proto"; import "tag.proto"; import "twice.proto"; message M { string a = 1; Bad bad = 2; Tag tag = 3; }`})
	if err != nil {
		t.Fatal(err)
	}
	if got, err := typ.top[0].transcode(nil, []byte{10, 1, 'x', 26, 3, 10, 1, 'y'}); err != nil || string(got) != `{"a":"x","tag":{"name":"y"}}` {
		t.Errorf("%s, %v", got, err)
	}
}

func TestProtobufLaterEdition(t *testing.T) {
	t.Parallel()
	if _, err := parseProtobuf(&source{text: `edition = "2030"; message M {}`}); err == nil || !strings.Contains(err.Error(), `edition "2030" is not supported; those up to 2024 are`) {
		t.Error(err)
	}
}

func TestProtobufBadSchema(t *testing.T) {
	for name, text := range map[string]string{"empty": "", "garbage": "\x00{", "no such import": `syntax="proto3"; import "nowhere.proto";`} {
		if f, err := parseProtobuf(&source{text: text}); err == nil && len(f.top) > 0 {
			t.Errorf("%s: taken", name)
		}
	}
}

// What decodes is JSON, and means what the library says that it means.
func FuzzDecodeProtobuf(f *testing.F) {
	typ, err := parseProtobuf(&source{text: protoOrder})
	if err != nil {
		f.Fatal(err)
	}
	order := typ.top[1]
	file := compileProto(f, protoOrder)
	f.Add(encodeProto(f, file, "Order", `{"orderId":"a","totalCents":"5","items":[{"sku":"x"}],"extra":{"a":[1,null]},"at":"2026-03-04T05:06:07.5Z","parent":{"names":{"1":"a"}},"anything":[true]}`))
	f.Add([]byte{0xa2, 1, 4, 10, 0, 18, 0})
	f.Fuzz(func(t *testing.T, payload []byte) {
		out, err := order.transcode(nil, payload)
		if err != nil {
			return
		}
		if !json.Valid(out) {
			t.Fatalf("not JSON: %s", out)
		}
		m := dynamicpb.NewMessage(order.desc)
		if err := proto.Unmarshal(payload, m); err != nil {
			t.Fatalf("the library refuses what decodes to %s: %v", out, err)
		}
		var got map[string]any
		if err := json.Unmarshal(out, &got); err != nil {
			t.Fatal(err)
		}
		f := m.Descriptor().Fields().ByName("total_cents")
		if v := m.Get(f).Int(); math.Abs(float64(v)) < 1<<53 && got["total_cents"] != float64(v) {
			t.Fatalf("total_cents is %v, want %d", got["total_cents"], v)
		}
	})
}

// To parse what follows would take gigabytes, or minutes; what is honest passes, whatever its strings and
// comments hold.
func TestHostileProtobufIsNotParsed(t *testing.T) {
	t.Parallel()
	const head = "syntax='proto3';"
	many := func(s string) string { return strings.Repeat(s, maxSchema/len(s)) }
	for name, text := range map[string]string{
		"messages":        many("message A{"),
		"option values":   "option (x)=" + many("{a:"),
		"angle brackets":  "option (x)={a" + many("<a"),
		"behind comments": many("/*{*/message A{//}\n"),
		"after a line":    "option a='\n" + many("message A{"),
		"escaped end":     `option a='\\';` + many("message A{"),
		"imports":         many("import 'a';"),
		"empty values":    "option (x)={" + many("b{}") + "};",
		"names":           "option (x)" + many(".b") + "=1;",
		"of a reference":  "",
	} {
		src := &source{kind: sr.TypeProtobuf, text: head + text}
		if text == "" {
			src = &source{kind: sr.TypeProtobuf, text: head + "import 'a';", refs: []reference{{"a", head + many("message A{")}}}
		}
		if _, err := compile(src); err == nil || !strings.Contains(err.Error(), "deeper than 64") && !strings.Contains(err.Error(), "imports more than") && !strings.Contains(err.Error(), "words and signs") {
			t.Errorf("%s: %.200v", name, err)
		}
	}
	for name, text := range map[string]string{
		"comments": strings.Repeat("// {\n", 9000) + strings.Repeat("/* [ < */", 9000),
		"strings":  "option java_package=" + strings.Repeat(`'{"' "{' \" <" `, 9000) + ";",
		"a map":    "message A{map<string, int32> a = 1 [deprecated = true];}",
		"fields":   "message A{int32 import = 1;} /*" + many("import ") + "*/",
		"slashes":  "option java_package = '//{';",
	} {
		if _, err := compile(&source{kind: sr.TypeProtobuf, text: head + text}); err != nil {
			t.Errorf("%s: %.200v", name, err)
		}
	}
}
