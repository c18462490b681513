package codec

import (
	"fmt"
	"strings"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/twmb/franz-go/pkg/sr"

	"github.com/sluice-bridge/sluice/codec/codectest"
	"github.com/sluice-bridge/sluice/codec/schema"
)

// Schemas that import one large file take it once together, and so all are kept, as they are for each topic
// that has them.
func TestSchemasShareTheFileTheyImport(t *testing.T) {
	t.Parallel()
	const schemas, topics = 40, 3
	fake, r := fakeRegistry(t)
	common := sr.Schema{Type: sr.TypeProtobuf, Schema: codectest.ManyFields(300)}
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
	const ownWeight = 30_000 // what it can see, and a few fields
	one, err := compile(&schema.Source{Kind: sr.TypeProtobuf, Text: common.Schema})
	if err != nil {
		t.Fatal(err)
	}
	if most := weighs(one) + schemas*(topics*2*weightSchema+ownWeight); r.weight > most {
		t.Errorf("%d bytes are kept, want %d at most; the import takes %d", r.weight, most, weighs(one))
	}
	for key := range r.known {
		r.forget(key)
	}
	if r.weight != 0 || len(r.parts) != 0 {
		t.Errorf("%d bytes in %d parts are left", r.weight, len(r.parts))
	}
}

// Where what is in use does not fit, it is told of, once a minute; what has not been used for a minute goes
// silently.
func TestCrowdedRegistryIsToldOnceAMinute(t *testing.T) {
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

func TestCompilerMakesOneOfEqualTexts(t *testing.T) {
	t.Parallel()
	var c compiler
	src := func() *schema.Source {
		return &schema.Source{Kind: sr.TypeProtobuf, Text: "import 'b.proto'; message M {}", Refs: []schema.Reference{{Name: "b.proto", Text: "message B {}"}}}
	}
	one, err := c.compile(src())
	if err != nil {
		t.Fatal(err)
	}
	other := src()
	other.Refs[0].Text += " message C {}"
	if two, err := c.compile(other); err != nil || two == one {
		t.Errorf("another text is taken for the same: %v", err)
	}
	if again, err := c.compile(src()); err != nil || again != one {
		t.Errorf("the same text is made into another: %v", err)
	}
}
