//go:build !race

package protobuf

import (
	"fmt"
	"runtime"
	"strings"
	"testing"

	"github.com/sluice-bridge/sluice/codec/codectest"
	"github.com/sluice-bridge/sluice/codec/schema"
)

// touch has the library make what it leaves for the first use.
func touch(messages []*messageType) {
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
func TestWeightCoversMemoryOfSchema(t *testing.T) {
	number := func(format string, n int) string {
		return codectest.Numbered(n, func(i int) string { return strings.ReplaceAll(fmt.Sprintf(format, i+1), "!", fmt.Sprint(i+1)) })
	}
	for name, text := range map[string]string{
		"fields":            "syntax='proto3'; message M {" + number("int32 a%d=!;", 9000) + "}",
		"optional":          "syntax='proto3'; message M {" + number("optional int32 a%d=!;", 9000) + "}",
		"long names":        "syntax='proto3'; message M {" + number("int32 a%d"+strings.Repeat("_long", 30)+"=!;", 3000) + "}",
		"messages":          "syntax='proto3';" + number("message M%d {}", 9000),
		"ordinary":          "syntax='proto3'; package shop.orders.v1;" + number("message Order%d { string id = 1; repeated string tags = 2; int64 total_cents = 3; Order! parent = 4; }", 2000),
		"nested":            "message A { message B { message C {" + number("message M%d {}", 5000) + "}}}",
		"maps":              "message M {" + number("map<int32,int32> a%d=!;", 5000) + "}",
		"groups":            "message M {" + number("optional group G%d=! {}", 5000) + "}",
		"oneofs":            "message M {" + number("oneof o%d{int32 a!=!;}", 5000) + "}",
		"known imports":     "import 'google/protobuf/descriptor.proto'; import 'google/protobuf/struct.proto'; import 'google/type/datetime.proto'; message M {}",
		"enums":             "message M {" + number("enum E%d {A!=0;}", 5000) + number("optional E%d a!=!;", 5000) + "}",
		"values of an enum": "enum E {" + number("A%d=!;", 20_000) + "} message M {optional E e = 1;}",
	} {
		t.Run(name, func(t *testing.T) {
			codectest.CheckWeight(t, func() []*schema.Compiled {
				made, err := new(Compiler).Parse(&schema.Source{Text: text})
				if err != nil {
					t.Fatal(err)
				}
				touch(made.Types.(*fileTypes).top)
				return []*schema.Compiled{made}
			})
		})
	}
}

// What schemas share is in memory once, and so it weighs.
func TestSharedPartsWeighOnce(t *testing.T) {
	const schemas = 40
	var c Compiler
	refs := []schema.Reference{{Name: "common.proto", Text: codectest.ManyFields(300)}}
	codectest.CheckWeight(t, func() (all []*schema.Compiled) {
		for i := range schemas {
			made, err := c.Parse(&schema.Source{Text: fmt.Sprintf("import 'common.proto'; message M%d { optional common.Common1 c = 1; }", i), Refs: refs})
			if err != nil {
				t.Fatal(err)
			}
			touch(made.Types.(*fileTypes).top)
			all = append(all, made)
		}
		return all
	})
	runtime.KeepAlive(&c)
}
