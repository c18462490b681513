package protobuf

import (
	"bytes"
	"encoding/json"
	"errors"
	"math"
	"strings"
	"testing"

	"google.golang.org/protobuf/encoding/protowire"
	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/types/dynamicpb"

	"github.com/sluice-bridge/sluice/codec/codectest"
	"github.com/sluice-bridge/sluice/codec/schema"
)

func TestKnownImportsParse(t *testing.T) {
	files, err := knownImports.ReadDir("imports/google/type")
	if err != nil {
		t.Fatal(err)
	}
	text := `syntax = "proto3";` + "\n"
	for _, f := range files {
		text += `import "google/type/` + f.Name() + "\";\n"
	}
	if _, err := parseText(&schema.Source{Text: text + "message M {}"}); err != nil {
		t.Error(err)
	}
}

func TestAnyIsWrittenWithItsType(t *testing.T) {
	file := codectest.CompileProto(t, codectest.ProtoOrder)
	typ, err := parseText(&schema.Source{Text: codectest.ProtoOrder})
	if err != nil {
		t.Fatal(err)
	}
	pack := func(url string, payload []byte) []byte {
		b := protowire.AppendString(protowire.AppendTag(nil, 1, protowire.BytesType), url)
		b = protowire.AppendBytes(protowire.AppendTag(b, 2, protowire.BytesType), payload)
		return protowire.AppendBytes(protowire.AppendTag(nil, 20, protowire.BytesType), b)
	}
	decode := func(payload []byte) (string, error) {
		out, err := typ.top[1].Transcode(nil, payload)
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
		"known":           {"type.googleapis.com/shop.First", codectest.EncodeProto(t, file, "First", `{"id":"a"}`), `"any":{"@type":"type.googleapis.com/shop.First","id":"a"}`},
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

func TestBadProtobufDataIsRefused(t *testing.T) {
	const proto2 = `syntax = "proto2"; message M { optional string s = 1; required int32 must = 2; optional M m = 3; repeated M all = 4; optional group G = 5 { optional int32 x = 1; } }`
	typ, err := parseText(&schema.Source{Text: proto2})
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
			if _, err := typ.top[0].Transcode(nil, c.payload); err == nil || !strings.Contains(err.Error(), c.want) {
				t.Errorf("got %v, want %q", err, c.want)
			}
		})
	}
	out, err := typ.top[0].Transcode(nil, []byte{16, 1, 43, 8, 7, 44, 98, 1, 'u'})
	if err != nil || string(out) != `{"must":1,"all":[],"g":{"x":7}}` {
		t.Errorf("a group and an unknown field: %s, %v", out, err)
	}
}

// The library panics on it.
func TestMapEntryOfTwoKeysIsRefused(t *testing.T) {
	t.Parallel()
	typ, err := parseText(&schema.Source{Text: `syntax = "proto3"; message M { map<string, string> a = 1; }`})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := typ.top[0].Transcode(nil, []byte{10, 5, 10, 1, 'k', 8, 1}); !errors.Is(err, errBadMap) {
		t.Error(err)
	}
}

// What registries took must not make a topic unreadable: they hold schemas to the grammar.
func TestLaxProtobufSchemasAreRead(t *testing.T) {
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
			typ, err := parseText(&schema.Source{Text: c.schema})
			if err != nil {
				t.Fatal(err)
			}
			got, err := typ.top[0].Transcode(nil, c.payload)
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
func TestGroupOfExtensionCountsAsMessageOfTheFile(t *testing.T) {
	t.Parallel()
	typ, err := parseText(&schema.Source{Text: `syntax = "proto2"; message A { extensions 1 to max; extend A { optional group In = 2 { } } message B { optional string b = 1; } }
		extend A { optional int32 x = 3; optional group Out = 1 { optional string o = 1 [default = "x"]; } } message M { optional string m = 1; }`})
	if err != nil {
		t.Fatal(err)
	}
	for want, m := range map[string]*messageType{`{"o":"x"}`: typ.top[1], `{"m":"x"}`: typ.top[2], `{"b":"x"}`: typ.top[0].nested[1]} {
		if got, err := m.Transcode(nil, []byte{10, 1, 'x'}); err != nil || string(got) != want {
			t.Errorf("%s, %v, want %s", got, err, want)
		}
	}
}

// Registries let a message of proto3 have an enum of proto2.
func TestProto3MessageReadsEnumOfProto2(t *testing.T) {
	t.Parallel()
	refs := []schema.Reference{{Name: "e.proto", Text: `syntax = "proto2"; package e; enum E { A = 1; B = 2; }`}}
	typ, err := parseText(&schema.Source{Refs: refs, Text: `syntax = "proto3"; import "e.proto"; message M { e.E one = 1; optional e.E two = 2; }`})
	if err != nil {
		t.Fatal(err)
	}
	if got, err := typ.top[0].Transcode(nil, []byte{8, 2}); err != nil || string(got) != `{"one":"B"}` {
		t.Errorf("%s, %v", got, err)
	}
	if got, err := typ.top[0].Transcode(nil, []byte{16, 1}); err != nil || string(got) != `{"one":0,"two":"A"}` {
		t.Errorf("%s, %v", got, err)
	}
}

func TestUselessReferenceCountsAsNone(t *testing.T) {
	t.Parallel()
	refs := []schema.Reference{{Name: "bad.proto", Text: "not a file"}, {Name: "twice.proto", Text: `syntax = "proto3"; message Tag { string name = 1; }`}, {Name: "tag.proto", Text: `syntax = "proto3"; message Tag { string name = 1; }`}}
	typ, err := parseText(&schema.Source{Refs: refs, Text: `syntax = "proto3"; import "bad.proto"; import "tag.proto"; import "twice.proto"; message M { string a = 1; Bad bad = 2; Tag tag = 3; }`})
	if err != nil {
		t.Fatal(err)
	}
	if got, err := typ.top[0].Transcode(nil, []byte{10, 1, 'x', 26, 3, 10, 1, 'y'}); err != nil || string(got) != `{"a":"x","tag":{"name":"y"}}` {
		t.Errorf("%s, %v", got, err)
	}
}

func TestLaterEditionIsRefused(t *testing.T) {
	t.Parallel()
	if _, err := parseText(&schema.Source{Text: `edition = "2030"; message M {}`}); err == nil || !strings.Contains(err.Error(), `edition "2030" is not supported; those up to 2024 are`) {
		t.Error(err)
	}
}

func TestBadProtobufSchemaIsRefused(t *testing.T) {
	for name, text := range map[string]string{"empty": "", "garbage": "\x00{", "no such import": `syntax="proto3"; import "nowhere.proto";`} {
		if f, err := parseText(&schema.Source{Text: text}); err == nil && len(f.top) > 0 {
			t.Errorf("%s: taken", name)
		}
	}
}

// What decodes is JSON, and means what the library says that it means.
func FuzzDecodeProtobuf(f *testing.F) {
	typ, err := parseText(&schema.Source{Text: codectest.ProtoOrder})
	if err != nil {
		f.Fatal(err)
	}
	order := typ.top[1]
	file := codectest.CompileProto(f, codectest.ProtoOrder)
	f.Add(codectest.EncodeProto(f, file, "Order", `{"orderId":"a","totalCents":"5","items":[{"sku":"x"}],"extra":{"a":[1,null]},"at":"2026-03-04T05:06:07.5Z","parent":{"names":{"1":"a"}},"anything":[true]}`))
	f.Add([]byte{0xa2, 1, 4, 10, 0, 18, 0})
	f.Fuzz(func(t *testing.T, payload []byte) {
		out, err := order.Transcode(nil, payload)
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
	many := func(s string) string { return strings.Repeat(s, schema.MaxSchema/len(s)) }
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
		src := &schema.Source{Text: head + text}
		if text == "" {
			src = &schema.Source{Text: head + "import 'a';", Refs: []schema.Reference{{Name: "a", Text: head + many("message A{")}}}
		}
		if _, err := parseText(src); err == nil || !strings.Contains(err.Error(), "deeper than 64") && !strings.Contains(err.Error(), "imports more than") && !strings.Contains(err.Error(), "words and signs") {
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
		if _, err := parseText(&schema.Source{Text: head + text}); err != nil {
			t.Errorf("%s: %.200v", name, err)
		}
	}
}
