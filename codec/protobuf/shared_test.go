package protobuf

import (
	"slices"
	"strings"
	"testing"

	"github.com/sluice-bridge/sluice/codec/schema"
)

// A file is shared where it means the same: a name that it imports may be another file.
func TestProtobufSharesByMeaning(t *testing.T) {
	t.Parallel()
	var c Compiler
	root := func(path string) string {
		return "syntax = 'proto3'; import '" + path + "'; message M { B b = 1; }"
	}
	b := schema.Reference{Name: "b.proto", Text: "syntax = 'proto3'; import 'a.proto'; message B { A a = 1; }"}
	a := func(field string) schema.Reference {
		return schema.Reference{Name: "a.proto", Text: "syntax = 'proto3'; message A { int32 " + field + " = 1; }"}
	}
	var all []*schema.Compiled
	for _, s := range []struct {
		src  schema.Source
		want string
	}{
		{schema.Source{Text: root("b.proto"), Refs: []schema.Reference{a("one"), b}}, `{"b":{"a":{"one":7}}}`},
		{schema.Source{Text: root("b.proto"), Refs: []schema.Reference{a("two"), b}}, `{"b":{"a":{"two":7}}}`},
		{schema.Source{Text: root("b.proto"), Refs: []schema.Reference{b}}, `declared neither by the schema nor by what it refers to`},
		{schema.Source{Text: root("b.proto") + "message N {}", Refs: []schema.Reference{a("one"), b}}, `{"b":{"a":{"one":7}}}`},
		{schema.Source{Text: root("b.proto"), Refs: []schema.Reference{a("one"), b, {Name: "c.proto", Text: "message C {}"}}}, `{"b":{"a":{"one":7}}}`},
	} {
		made, err := c.Parse(&s.src)
		if err != nil {
			t.Fatal(err)
		}
		all = append(all, made)
		got, err := made.Types.(*fileTypes).top[0].Transcode(nil, []byte{10, 4, 10, 2, 8, 7})
		if err != nil {
			got = []byte(err.Error())
		}
		if !strings.HasSuffix(string(got), s.want) {
			t.Errorf("got %s, want %s", got, s.want)
		}
	}
	if a, b := all[0].Shared, all[4].Shared; !slices.Equal(a, b) {
		t.Error("the same files are made twice")
	}
}

// What a file means does not depend on what else a schema refers to.
func TestProtobufFileMeansTheSameBesideOthers(t *testing.T) {
	t.Parallel()
	refs := []schema.Reference{{Name: "a.proto", Text: "message A {}"}, {Name: "d.proto", Text: "message D { optional A a = 1; }"}}
	for _, imports := range []string{"import 'd.proto';", "import 'a.proto'; import 'd.proto';"} {
		typ, err := parseText(&schema.Source{Text: imports + "message M { optional D d = 1; }", Refs: refs})
		if err != nil {
			t.Fatal(err)
		}
		if d := typ.top[0].fields[0].message; d == nil || d.fields[0].lost == "" {
			t.Errorf("%s: %+v", imports, d)
		}
	}
}
