//go:build !race

package codec

import (
	"fmt"
	"runtime"
	"strings"
	"testing"

	"github.com/twmb/franz-go/pkg/sr"

	"github.com/sluice-bridge/sluice/codec/codectest"
	"github.com/sluice-bridge/sluice/codec/schema"
)

// twoByTwo are files of which each imports both of the level below.
func twoByTwo(levels int) (refs []schema.Reference) {
	for i := range levels {
		for _, side := range "ab" {
			refs = append(refs, schema.Reference{Name: fmt.Sprintf("%c%d", side, i), Text: fmt.Sprintf("import public 'a%d'; import public 'b%d'; message %c%d {}", i-1, i-1, side, i)})
		}
	}
	return refs
}

// What a schema is made into takes no more than a few hundred bytes for each of its own, whatever it says.
func TestHostileSchemasTakeBoundedMemory(t *testing.T) {
	const most = 256 << 20
	record := func(i int) string { return fmt.Sprintf(`,{"type":"record","name":"a%d","fields":[]}`, i) }
	for name, c := range map[string]struct {
		kind sr.SchemaType
		text string
		refs []schema.Reference
		want string // of an error
	}{
		"optional fields of one name": {sr.TypeProtobuf, "syntax='proto3'; message M {" + strings.Repeat("optional int32 a=1;", 4000) + "}", nil, `two fields of the name "a"`},
		"the same in a group": {sr.TypeProtobuf, "syntax='proto3'; message M { repeated group G = 1 {" + strings.Repeat("optional int32 a=1;", 4000) + "} }",
			nil, `two fields of the name "a"`},
		"optional fields":              {sr.TypeProtobuf, "syntax='proto3'; message M {" + codectest.Numbered(15_000, func(i int) string { return fmt.Sprintf("optional int32 a%d=%d;", i, i+1) }) + "}", nil, ""},
		"options of extensions":        {sr.TypeProtobuf, "message M { extensions 1" + codectest.Numbered(2000, func(i int) string { return fmt.Sprintf(",%d", i+2) }) + "[a=1" + strings.Repeat(",a=1", 2000) + "]; }", nil, ""},
		"reserved":                     {sr.TypeProtobuf, "message M { reserved 1" + codectest.Numbered(40_000, func(i int) string { return fmt.Sprintf(",%d", i+2) }) + "; }", nil, ""},
		"a large option":               {sr.TypeProtobuf, "option (x) = " + strings.Repeat("{a:", 50) + "{" + strings.Repeat("a:1 ", 20_000) + "}" + strings.Repeat("}", 50) + "; message M {}", nil, ""},
		"a message of a long name":     {sr.TypeProtobuf, "message " + strings.Repeat("M", 100_000) + "{" + codectest.Numbered(4000, func(i int) string { return fmt.Sprintf("message a%d {}", i) }) + "}", nil, "longer than 1024 bytes"},
		"long names in each other":     {sr.TypeProtobuf, strings.Repeat("message "+strings.Repeat("M", 900)+"{", 30) + "enum E { A = 0; }" + strings.Repeat("}", 30), nil, "longer than 1024 bytes"},
		"enums":                        {sr.TypeProtobuf, "message M {" + codectest.Numbered(5000, func(i int) string { return fmt.Sprintf("enum E%d {A%d=0; B%d=0;}", i, i, i) }) + "}", nil, ""},
		"maps":                         {sr.TypeProtobuf, "message M {" + codectest.Numbered(9000, func(i int) string { return fmt.Sprintf("map<int32,int32> a%d=%d;", i, i+1) }) + "}", nil, ""},
		"public imports":               {sr.TypeProtobuf, "import public 'a30'; import public 'b30'; message M {}", twoByTwo(31), "lead to one another"},
		"a few public imports":         {sr.TypeProtobuf, "import public 'a8'; import public 'b8'; message M { a0 x = 1; }", twoByTwo(9), ""},
		"Avro types in a long space":   {sr.TypeAvro, `{"type":"record","name":"r","namespace":"` + strings.Repeat("n", 200_000) + `","fields":[{"name":"f","type":["null"` + codectest.Numbered(5000, record) + `]}]}`, nil, "longer than 1024 bytes"},
		"Avro names in a long space":   {sr.TypeAvro, `{"type":"record","name":"r","namespace":"` + strings.Repeat("n", 200_000) + `","fields":[{"name":"f","type":["null"` + strings.Repeat(`,"b"`, 5000) + `]}]}`, nil, "longer than 1024 bytes"},
		"Avro names nobody defines":    {sr.TypeAvro, `{"type":"record","name":"r","namespace":"` + strings.Repeat("n", 1000) + `","fields":[{"name":"f","type":["null"` + strings.Repeat(`,"b"`, 50_000) + `]}]}`, nil, ""},
		"an Avro union of empty ones":  {sr.TypeAvro, `["null"` + strings.Repeat(",[]", schema.MaxSchema/3-10) + "]", nil, ""},
		"an Avro record, wide":         {sr.TypeAvro, `{"type":"record","name":"r","fields":[{"name":"f","type":"int"}` + strings.Repeat(`,{"name":"f","type":"int"}`, schema.MaxSchema/26-10) + "]}", nil, ""},
		"an Avro array, deep":          {sr.TypeAvro, strings.Repeat(`{"type":"array","items":`, 20_000) + `"int"` + strings.Repeat("}", 20_000), nil, "depth"},
		"an Avro array, not so deep":   {sr.TypeAvro, strings.Repeat(`{"type":"array","items":`, 2000) + `"int"` + strings.Repeat("}", 2000), nil, "deep"},
		"an Avro record that is twice": {sr.TypeAvro, `["null"` + strings.Repeat(record(1), 20_000) + "]", nil, "defined twice"},
	} {
		t.Run(name, func(t *testing.T) {
			var before, after runtime.MemStats
			runtime.ReadMemStats(&before)
			_, err := compile(&schema.Source{Kind: c.kind, Text: c.text, Refs: c.refs})
			runtime.ReadMemStats(&after)
			if c.want == "" && err != nil || c.want != "" && (err == nil || !strings.Contains(err.Error(), c.want)) {
				t.Errorf("got %.200v, want %q", err, c.want)
			}
			if made := after.TotalAlloc - before.TotalAlloc; made > most {
				t.Errorf("%d MiB were made of %d bytes", made>>20, len(c.text))
			}
		})
	}
}
