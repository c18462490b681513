package jsonscan_test

import (
	"testing"

	"pgregory.net/rapid"

	"github.com/sluice-bridge/sluice/internal/jsongen"
	"github.com/sluice-bridge/sluice/internal/jsonscan"
)

// walk steps over a value by its members and elements.
func walk(doc []byte, i int) int {
	switch {
	case i < len(doc) && doc[i] == '{':
		return jsonscan.PassObject(doc, i, func(_ []byte, at int) int { return walk(doc, at) })
	case i < len(doc) && doc[i] == '[':
		return jsonscan.PassArray(doc, i, func(at int) int { return walk(doc, at) })
	}
	return jsonscan.PassValue(doc, i, 0)
}

func TestWalkRefusesWhatIsNotJSON(t *testing.T) {
	check := func(t interface{ Errorf(string, ...any) }, doc []byte) {
		end := walk(doc, jsonscan.SkipSpace(doc, 0))
		if got := end >= 0 && jsonscan.SkipSpace(doc, end) == len(doc); got != jsonscan.Valid(doc) {
			t.Errorf("%q: valid %v", doc, got)
		}
	}
	for _, doc := range []string{"", "{}", "[]", " { } ", "{,}", "[,]", `{"a"}`, `{"a":}`, `{"a":1,}`, `{"a" : [ 1 , {"b":null} ] }`, "[1 2]", "[", "{", "[1", `{"a":1`, "{]", "nul"} {
		check(t, []byte(doc))
	}
	rapid.Check(t, func(t *rapid.T) {
		doc := []byte(jsongen.Document.Draw(t, "document"))
		check(t, doc)
		doc[rapid.IntRange(0, len(doc)-1).Draw(t, "at")] = rapid.SampledFrom([]byte(`{}[]",:\0e-. tn`)).Draw(t, "to")
		check(t, doc)
	})
}

func TestNullPassesAsEmptyObjectAndArray(t *testing.T) {
	doc := []byte("null")
	object := jsonscan.PassObject(doc, 0, func([]byte, int) int { return -1 })
	array := jsonscan.PassArray(doc, 0, func(int) int { return -1 })
	if object != len(doc) || array != len(doc) {
		t.Errorf("%d, %d", object, array)
	}
	for _, other := range []string{"", "true", "1", `"a"`} {
		if jsonscan.PassObject([]byte(other), 0, nil) >= 0 || jsonscan.PassArray([]byte(other), 0, nil) >= 0 {
			t.Errorf("%q passes", other)
		}
	}
}
