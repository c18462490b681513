package codec

import (
	"fmt"
	"runtime"
	"slices"
	"strings"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/twmb/franz-go/pkg/sr"
)

// manyFields are so many messages of ten fields each.
func manyFields(messages int) string {
	var b strings.Builder
	b.WriteString("syntax = 'proto3'; package common; import 'google/protobuf/timestamp.proto';")
	for i := range messages {
		fmt.Fprintf(&b, "message Common%d {", i)
		for k := range 10 {
			fmt.Fprintf(&b, "string field_number_%d = %d;", k, k+1)
		}
		b.WriteString("}")
	}
	return b.String()
}

// Schemas that import one large file take it once together, and so all are kept, as they are for each topic
// that has them.
func TestRegistrySharesImports(t *testing.T) {
	t.Parallel()
	const schemas, topics = 40, 3
	fake, r := fakeRegistry(t)
	common := sr.Schema{Type: sr.TypeProtobuf, Schema: manyFields(300)}
	fake.SeedSchema("common", 1, 1000, common)
	own := map[int]string{}
	for id := 1; id <= schemas; id++ {
		own[id] = fmt.Sprintf("syntax = 'proto3'; import 'common.proto'; message M%d { common.Common1 c = 1; int32 a = 2; }", id)
		seed(fake, id, sr.TypeProtobuf, own[id], sr.SchemaReference{Name: "common.proto", Subject: "common", Version: 1})
	}
	requests := countRequests(fake, nil)
	for range 2 {
		for topic := range topics {
			d := newDecoder(t, FormatProtobuf, r).WithSubjects(fmt.Sprintf("t%d", topic), true)
			for id := 1; id <= schemas; id++ {
				got := mustDecode(t, d, framed(id, []byte{10, 3, 10, 1, 'x', 16, 7}, 0))
				if !strings.HasPrefix(got, `{"c":{"field_number_0":"x",`) || !strings.HasSuffix(got, `"a":7}`) {
					t.Fatal(got)
				}
			}
		}
	}
	if n := requests.Load(); n != 3*schemas*topics { // the schema, its subjects, what it imports
		t.Errorf("%d requests", n)
	}
	one, err := compile(&source{kind: sr.TypeProtobuf, text: common.Schema})
	if err != nil {
		t.Fatal(err)
	}
	if most := weighs(one) + schemas*(topics*2*weightSchema+300*weightSeen+10*weightField); r.weight > most {
		t.Errorf("%d bytes are kept, want %d at most; the import takes %d", r.weight, most, weighs(one))
	}
	for key := range r.known {
		r.forget(key)
	}
	if r.weight != 0 || len(r.parts) != 0 {
		t.Errorf("%d bytes in %d parts are left", r.weight, len(r.parts))
	}
}

// A file is shared where it means the same: a name that it imports may be another file.
func TestProtobufSharesByMeaning(t *testing.T) {
	t.Parallel()
	var c compiler
	root := func(path string) string {
		return "syntax = 'proto3'; import '" + path + "'; message M { B b = 1; }"
	}
	b := reference{"b.proto", "syntax = 'proto3'; import 'a.proto'; message B { A a = 1; }"}
	a := func(field string) reference {
		return reference{"a.proto", "syntax = 'proto3'; message A { int32 " + field + " = 1; }"}
	}
	var all []*compiled
	for _, s := range []struct {
		src  source
		want string
	}{
		{source{text: root("b.proto"), refs: []reference{a("one"), b}}, `{"b":{"a":{"one":7}}}`},
		{source{text: root("b.proto"), refs: []reference{a("two"), b}}, `{"b":{"a":{"two":7}}}`},
		{source{text: root("b.proto"), refs: []reference{b}}, `declared neither by the schema nor by what it refers to`},
		{source{text: root("b.proto") + "message N {}", refs: []reference{a("one"), b}}, `{"b":{"a":{"one":7}}}`},
		{source{text: root("b.proto"), refs: []reference{a("one"), b, {"c.proto", "message C {}"}}}, `{"b":{"a":{"one":7}}}`},
	} {
		s.src.kind = sr.TypeProtobuf
		made, err := c.compile(&s.src)
		if err != nil {
			t.Fatal(err)
		}
		all = append(all, made)
		got, err := made.types.(*protoFile).top[0].transcode(nil, []byte{10, 4, 10, 2, 8, 7})
		if err != nil {
			got = []byte(err.Error())
		}
		if !strings.HasSuffix(string(got), s.want) {
			t.Errorf("got %s, want %s", got, s.want)
		}
	}
	again, err := c.compile(&source{kind: sr.TypeProtobuf, text: root("b.proto"), refs: []reference{b}})
	if err != nil || again != all[2] {
		t.Errorf("the same text is made into another: %v", err)
	}
	if a, b := all[0].files, all[4].files; !slices.Equal(a, b) {
		t.Error("the same files are made twice")
	}
}

// What a file means does not depend on what else a schema refers to.
func TestProtobufFileMeansTheSameBesideOthers(t *testing.T) {
	t.Parallel()
	refs := []reference{{"a.proto", "message A {}"}, {"d.proto", "message D { optional A a = 1; }"}}
	for _, imports := range []string{"import 'd.proto';", "import 'a.proto'; import 'd.proto';"} {
		typ, err := parseProtobuf(&source{text: imports + "message M { optional D d = 1; }", refs: refs})
		if err != nil {
			t.Fatal(err)
		}
		if d := typ.top[0].fields[0].message; d == nil || d.fields[0].lost == "" {
			t.Errorf("%s: %+v", imports, d)
		}
	}
}

// Of what no schema is made of any more nothing stays but for a while.
func TestPartsGo(t *testing.T) {
	t.Parallel()
	var all parts[compiled]
	for i := range 1000 {
		all.keep(sumOf(fmt.Sprint(i)), &compiled{})
		if i%100 == 0 {
			runtime.GC()
		}
	}
	kept := &compiled{}
	all.keep(sumOf("kept"), kept)
	runtime.GC()
	if all.find(sumOf("kept")) != kept || all.find(sumOf("0")) != nil || len(all.made) > 500 {
		t.Errorf("%d are remembered", len(all.made))
	}
}

// Where what is in use does not fit, it is told of, once a minute; what has not been used for a minute goes
// silently.
func TestRegistryCrowded(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		var told atomic.Int64
		r := newRegistry(t, RegistryOptions{URLs: []string{"http://127.0.0.1:1"}, OnCrowded: func() { told.Add(1) }})
		learn := func(from, n int, wait time.Duration) {
			for i := range n {
				r.settle(schemaKey{id: int32(from + i)}, heavy(MaxMemory/4), nil)
				time.Sleep(wait)
			}
			synctest.Wait()
		}
		learn(0, 20, 30*time.Second)
		if n := told.Load(); n != 0 {
			t.Errorf("told %d times of schemas that nobody has used for two minutes", n)
		}
		learn(100, 100, time.Second)
		if n := told.Load(); n != 2 {
			t.Errorf("told %d times in 100 s", n)
		}
		if r.weight > MaxMemory {
			t.Errorf("%d bytes are kept", r.weight)
		}
	})
}
