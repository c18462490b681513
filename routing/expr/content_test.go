package expr

import (
	"encoding/json"
	"reflect"
	"testing"

	"github.com/twmb/franz-go/pkg/kgo"
	"pgregory.net/rapid"

	"github.com/sluice-bridge/sluice/codec"
)

func contentOf(t testing.TB, source string, value codec.Value) (Content, bool) {
	t.Helper()
	e, err := Compile(source)
	if err != nil {
		t.Fatal(err)
	}
	c, ok, err := e.Content(&Event{Record: &kgo.Record{Topic: "t", Key: []byte("k")}, Value: value})
	if err != nil {
		t.Fatalf("%s: %v", source, err)
	}
	return c, ok
}

func TestContentTellsTextJSONAndBytes(t *testing.T) {
	value := codec.Decode(codec.FormatJSON, []byte(`{"s":"x","n":1.50,"big":18446744073709551615,"o":{ "a":1},"l":[ 1],"t":true}`), true)
	for source, want := range map[string]Content{
		"value.s":            {[]byte("x"), ContentText},
		"value.n":            {[]byte("1.5"), ContentJSON},
		"value.o":            {[]byte(`{ "a":1}`), ContentJSON},
		"value.l":            {[]byte("[ 1]"), ContentJSON},
		"value.t":            {[]byte("true"), ContentJSON},
		"18u":                {[]byte("18"), ContentJSON},
		"1e300":              {[]byte("1e+300"), ContentJSON},
		`double("inf")`:      {[]byte("+Inf"), ContentText},
		"timestamp(0)":       {[]byte("1970-01-01T00:00:00Z"), ContentText},
		"headers":            {[]byte("{}"), ContentJSON},
		`b"a"`:               {[]byte("a"), ContentBytes},
		"[value.o, value.n]": {[]byte(`[{ "a":1},1.5]`), ContentJSON},
	} {
		if got, ok := contentOf(t, source, value); !ok || !reflect.DeepEqual(got, want) {
			t.Errorf("%s gives %s (%d), want %s (%d)", source, got.Data, got.Kind, want.Data, want.Kind)
		}
	}
	if got, ok := contentOf(t, "value.none", value); ok {
		t.Errorf("null gives %v", got)
	}
	// Bytes stay bytes, even when they are text.
	if got, _ := contentOf(t, "value", codec.Decode(codec.FormatBytes, []byte("{}"), true)); got.Kind != ContentBytes {
		t.Errorf("bytes give %v", got)
	}
}

// A value that nobody has validated is validated before it is looked into.
func TestContentOfUncheckedValueIsValidated(t *testing.T) {
	e, err := Compile("value")
	if err != nil {
		t.Fatal(err)
	}
	raw := []byte(`{"a":`)
	c, _, err := e.Content(&Event{Record: &kgo.Record{}, Value: codec.Value{JSON: raw, Raw: raw}, Unchecked: true})
	if err != nil || c.Kind != ContentText || string(c.Data) != string(raw) {
		t.Errorf("%s, %v", c.Data, err)
	}
}

// What an expression makes of lists and mappings reads back as it was, whatever the texts in it.
func TestMadeJSONReadsBack(t *testing.T) {
	e, err := Compile(`{"text": value.s, value.s: [value.s + "x", {1: 2.5}], "whole": value}`)
	if err != nil {
		t.Fatal(err)
	}
	rapid.Check(t, func(t *rapid.T) {
		s := rapid.String().Draw(t, "s")
		doc, err := json.Marshal(map[string]string{"s": s})
		if err != nil {
			t.Fatal(err)
		}
		c, _, err := e.Content(&Event{Record: &kgo.Record{}, Value: codec.Decode(codec.FormatJSON, doc, true)})
		if err != nil {
			t.Fatal(err)
		}
		var got any
		if err := json.Unmarshal(c.Data, &got); err != nil {
			t.Fatalf("%s: %v", c.Data, err)
		}
		want := map[string]any{"text": s, s: []any{s + "x", map[string]any{"1": 2.5}}, "whole": map[string]any{"s": s}}
		if len(want) == 3 && !reflect.DeepEqual(got, want) {
			t.Errorf("%s, want %v", c.Data, want)
		}
	})
}
