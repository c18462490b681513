package jsonscan_test

import (
	"strings"
	"testing"

	"pgregory.net/rapid"

	"github.com/sluice-bridge/sluice/codec"
	"github.com/sluice-bridge/sluice/internal/jsongen"
	"github.com/sluice-bridge/sluice/internal/jsonscan"
)

// sameGrammar checks against another implementation.
func sameGrammar(t interface{ Errorf(string, ...any) }, doc []byte) {
	want := codec.Decode(codec.FormatJSON, doc, true).JSON != nil
	if got := jsonscan.Valid(doc); got != want {
		t.Errorf("%q: valid %v, want %v", doc, got, want)
	}
}

func TestValidAgreesWithDecode(t *testing.T) {
	for _, doc := range []string{
		"", " ", "{}", "[]", " {} ", "{} {}", "{,}", "[,]", "[1,]", `{"a":1,}`, `{"a"}`, `{"a":}`, `{"a" : 1 , "b":[ ]}`, `{a:1}`, "[1 2]", `{"a":1 "b":2}`,
		"0", "-0", "-", "01", "1.", ".5", "1.5", "1e", "1e+", "1e5", "1E-5", "1.5e5x", "+1", "--1", "1.e5",
		"true", "tru", "truex", "nul", "null", "false", "fals", "True", `"`, `"a`, `"\"`, `"\x"`, `"\u12"`, `"\u12g4"`, `"\u12F4"`, "\"\t\"", "\"\x7f\xff\"", `"12345678"`, `"1234567\n"`, "\"1234567\n\"",
		"[", "{", "[[", `{"a":[`, "[}", "{]", `{"a":{"b":1]}`, `{"a":{"b":[1,{"c":2}],"d":[]}}`, `[1,[2,[3,{}]],"x"]`, `{"a":[{"b":1},[{"b":tru}]]}`, "\ufeff\ufeff{}", "\v{}",
		`{"a":` + strings.Repeat("[", 999) + strings.Repeat("]", 999) + "}", `{"a":` + strings.Repeat("[", 1000) + strings.Repeat("]", 1000) + "}",
		`{"x":` + strings.Repeat("[", 999) + strings.Repeat("]", 999) + "}", `{"x":` + strings.Repeat("[", 1000) + strings.Repeat("]", 1000) + "}",
		strings.Repeat(`{"a":`, 1000) + "1" + strings.Repeat("}", 1000), strings.Repeat(`{"a":`, 1001) + "1" + strings.Repeat("}", 1001),
	} {
		sameGrammar(t, []byte(doc))
	}
	rapid.Check(t, func(t *rapid.T) {
		doc := []byte(jsongen.Document.Draw(t, "document"))
		sameGrammar(t, doc)
		for range rapid.IntRange(0, 3).Draw(t, "changes") {
			i := rapid.IntRange(0, len(doc)-1).Draw(t, "at")
			doc[i] = rapid.SampledFrom([]byte(`{}[]",:\0e-. tn`+"\n\x00\xff")).Draw(t, "to")
		}
		sameGrammar(t, doc)
	})
}

func FuzzGrammar(f *testing.F) {
	f.Add([]byte(`{"a":[{"b":1.5e3,"\u00e9":"\\\"x"},null,[true]],"c":{}} `))
	f.Fuzz(func(t *testing.T, doc []byte) { sameGrammar(t, doc) })
}
