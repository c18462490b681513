package match

import (
	"strings"
	"testing"

	"pgregory.net/rapid"

	"github.com/sluice-bridge/sluice/internal/jsongen"
	"github.com/sluice-bridge/sluice/internal/jsonscan"
)

// sameReading checks that what reads a value validates it as jsonscan does.
func sameReading(t interface{ Errorf(string, ...any) }, doc []byte) {
	tree := newStep()
	tree.add([]string{"a", "b"}).slot = 0
	tree.add([]string{"a"}).slot = 1
	valid, object := newExtraction(2).read(tree, doc)
	want := jsonscan.Valid(doc)
	if valid != want || object != (want && strings.HasPrefix(strings.TrimLeft(string(doc), " \n\t\r"), "{")) {
		t.Errorf("%q: read as valid %v, object %v; want %v", doc, valid, object, want)
	}
}

var readDocuments = []string{
	"", " ", "{}", "[]", " {} ", "{} {}", "{,}", `{"a":1,}`, `{"a"}`, `{"a":}`, `{"a" : 1 , "b":[ ]}`, `{a:1}`, `{"a":1 "b":2}`, `{"a":tru}`, `{"a":01}`,
	`{"a":[`, `{"a":{"b":1]}`, `{"a":{"b":[1,{"c":2}],"d":[]}}`, `{"a":[{"b":1},[{"b":tru}]]}`, `{"\u0061":{"b":"\u00e9"}}`, `{"a":"\x"}`, `{"a":[1,]}`, `{"a":[1 2]}`,
	`{"a":` + strings.Repeat("[", 999) + strings.Repeat("]", 999) + "}", `{"a":` + strings.Repeat("[", 1000) + strings.Repeat("]", 1000) + "}",
	strings.Repeat(`{"a":`, 1000) + "1" + strings.Repeat("}", 1000), strings.Repeat(`{"a":`, 1001) + "1" + strings.Repeat("}", 1001),
	`{"a":[{"b":1.5e3,"\u00e9":"\\\"x"},null,[true]],"b":{"a":{"b":[[2],{}]}},"c":{}} `,
}

func TestReadingRefusesWhatIsNotJSON(t *testing.T) {
	for _, doc := range readDocuments {
		sameReading(t, []byte(doc))
	}
	rapid.Check(t, func(t *rapid.T) {
		doc := []byte(rapid.OneOf(jsongen.Document, rapid.Just(readDocuments[len(readDocuments)-1])).Draw(t, "document"))
		for range rapid.IntRange(1, 3).Draw(t, "changes") {
			i := rapid.IntRange(0, len(doc)-1).Draw(t, "at")
			doc[i] = rapid.SampledFrom([]byte(`{}[]",:\0e-. tn`+"\n\x00\xff")).Draw(t, "to")
		}
		sameReading(t, doc)
	})
}

func FuzzReading(f *testing.F) {
	for _, doc := range readDocuments {
		f.Add([]byte(doc))
	}
	f.Fuzz(func(t *testing.T, doc []byte) { sameReading(t, doc) })
}
