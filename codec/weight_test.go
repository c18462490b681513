//go:build !race

package codec

import (
	"fmt"
	"runtime"
	"strings"
	"testing"

	"github.com/twmb/franz-go/pkg/sr"
)

// touch has the library make what it leaves for the first use.
func touch(messages []*protoMessage) {
	for _, m := range messages {
		m.desc.Fields().ByNumber(1)
		m.desc.Fields().ByName("x")
		for i := range m.fields {
			if m.fields[i].dict {
				m.desc.Fields().Get(i).Message().Fields().ByNumber(1)
			}
		}
		touch(m.nested)
	}
}

// What a schema takes in memory is known, and not as far more.
func TestWeight(t *testing.T) {
	number := func(format string, n int) string {
		return numbered(n, func(i int) string { return strings.ReplaceAll(fmt.Sprintf(format, i+1), "!", fmt.Sprint(i+1)) })
	}
	for name, c := range map[string]struct {
		kind sr.SchemaType
		text string
	}{
		"fields":                   {sr.TypeProtobuf, "syntax='proto3'; message M {" + number("int32 a%d=!;", 9000) + "}"},
		"optional":                 {sr.TypeProtobuf, "syntax='proto3'; message M {" + number("optional int32 a%d=!;", 9000) + "}"},
		"long names":               {sr.TypeProtobuf, "syntax='proto3'; message M {" + number("int32 a%d"+strings.Repeat("_long", 30)+"=!;", 3000) + "}"},
		"messages":                 {sr.TypeProtobuf, "syntax='proto3';" + number("message M%d {}", 9000)},
		"ordinary":                 {sr.TypeProtobuf, "syntax='proto3'; package shop.orders.v1;" + number("message Order%d { string id = 1; repeated string tags = 2; int64 total_cents = 3; Order! parent = 4; }", 2000)},
		"nested":                   {sr.TypeProtobuf, "message A { message B { message C {" + number("message M%d {}", 5000) + "}}}"},
		"maps":                     {sr.TypeProtobuf, "message M {" + number("map<int32,int32> a%d=!;", 5000) + "}"},
		"groups":                   {sr.TypeProtobuf, "message M {" + number("optional group G%d=! {}", 5000) + "}"},
		"oneofs":                   {sr.TypeProtobuf, "message M {" + number("oneof o%d{int32 a!=!;}", 5000) + "}"},
		"known imports":            {sr.TypeProtobuf, "import 'google/protobuf/descriptor.proto'; import 'google/protobuf/struct.proto'; import 'google/type/datetime.proto'; message M {}"},
		"enums":                    {sr.TypeProtobuf, "message M {" + number("enum E%d {A!=0;}", 5000) + number("optional E%d a!=!;", 5000) + "}"},
		"values of an enum":        {sr.TypeProtobuf, "enum E {" + number("A%d=!;", 20_000) + "} message M {optional E e = 1;}"},
		"types of an Avro union":   {sr.TypeAvro, `["null"` + strings.Repeat(",[]", 50_000) + "]"},
		"names in an Avro union":   {sr.TypeAvro, `["null"` + strings.Repeat(`,"a"`, 50_000) + "]"},
		"long names in Avro":       {sr.TypeAvro, `["null"` + number(`,"a%d`+strings.Repeat("_long", 30)+`"`, 3000) + "]"},
		"Avro records":             {sr.TypeAvro, `["null"` + number(`,{"type":"record","name":"a%d","namespace":"shop.orders","fields":[]}`, 9000) + "]"},
		"fields of an Avro record": {sr.TypeAvro, `{"type":"record","name":"a","fields":[{"name":"a","type":"int"}` + number(`,{"name":"a%d","type":["null","string"]}`, 9000) + "]}"},
		"symbols":                  {sr.TypeAvro, `{"type":"enum","name":"a","symbols":["a"` + number(`,"a%d"`, 50_000) + "]}"},
		"a title":                  {sr.TypeJSON, `{"title":"` + strings.Repeat("x", 1000) + `","a":"` + strings.Repeat("a", 500_000) + `"}`},
	} {
		t.Run(name, func(t *testing.T) {
			var before, after runtime.MemStats
			src := &source{kind: c.kind, text: c.text}
			runtime.GC()
			runtime.ReadMemStats(&before)
			s, err := compile(src)
			if err != nil {
				t.Fatal(err)
			}
			if file, ok := s.types.(*protoFile); ok {
				touch(file.top)
			}
			runtime.GC()
			runtime.ReadMemStats(&after)
			runtime.KeepAlive(src)
			kept := max(0, int(after.HeapAlloc)-int(before.HeapAlloc))
			if weight := weighs(s); kept > weight+64<<10 {
				t.Errorf("%d bytes are kept, %d are known", kept, weight)
			}
			if weight := weighs(s); weight > 3*kept+16<<10 {
				t.Errorf("%d bytes are kept of what is taken for %d", kept, weight)
			}
			runtime.KeepAlive(s)
		})
	}
}

// What schemas share is in memory once, and so it weighs.
func TestWeightOfShared(t *testing.T) {
	const schemas = 40
	var c compiler
	var all []*schema
	var before, after runtime.MemStats
	refs := []reference{{"common.proto", manyFields(300)}}
	runtime.GC()
	runtime.ReadMemStats(&before)
	for i := range schemas {
		made, err := c.compile(&source{kind: sr.TypeProtobuf, text: fmt.Sprintf("import 'common.proto'; message M%d { optional common.Common1 c = 1; }", i), refs: refs})
		if err != nil {
			t.Fatal(err)
		}
		touch(made.types.(*protoFile).top)
		all = append(all, &schema{compiled: made})
	}
	runtime.GC()
	runtime.ReadMemStats(&after)
	kept, weight := max(0, int(after.HeapAlloc)-int(before.HeapAlloc)), weighs(all...)
	if kept > weight+64<<10 || weight > 3*kept {
		t.Errorf("%d bytes are kept, %d are known", kept, weight)
	}
	runtime.KeepAlive(&c)
	runtime.KeepAlive(all)
}
