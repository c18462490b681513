package codec

import (
	"strings"
	"testing"

	"github.com/sluice-bridge/sluice/codec/jsontext"
)

func TestDecodeTakesOnlyValidJSON(t *testing.T) {
	cases := []struct {
		name   string
		format Format
		raw    string
		want   bool
		json   bool
	}{
		{"an object", FormatJSON, `{"a":1}`, true, true},
		{"no format is JSON", "", `[1]`, true, true},
		{"a scalar", FormatJSON, ` "x" `, true, true},
		{"nobody asks", FormatJSON, `{"a":1}`, false, false},
		{"broken", FormatJSON, `{"a":`, true, false},
		{"two documents", FormatJSON, `{} {}`, true, false},
		{"empty", FormatJSON, ``, true, false},
		{"text", FormatText, `{"a":1}`, true, false},
		{"bytes", FormatBytes, `{"a":1}`, true, false},
		{"as deep as allowed", FormatJSON, strings.Repeat("[", jsontext.MaxDepth) + strings.Repeat("]", jsontext.MaxDepth), true, true},
		{"too deep", FormatJSON, strings.Repeat("[", jsontext.MaxDepth+1) + strings.Repeat("]", jsontext.MaxDepth+1), true, false},
		{"wide, not deep", FormatJSON, "[" + strings.Repeat("[],", 5000) + "{}]", true, true},
		{"brackets within a string", FormatJSON, `["` + strings.Repeat(`[\"`, 5000) + `"]`, true, true},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			v := Decode(c.format, []byte(c.raw), c.want)
			if got := v.JSON != nil; got != c.json {
				t.Errorf("JSON there: %v, want %v", got, c.json)
			}
			if string(v.Raw) != c.raw {
				t.Errorf("Raw is %q", v.Raw)
			}
			if v.Binary != (c.format == FormatBytes) {
				t.Errorf("Binary is %v", v.Binary)
			}
		})
	}
}

func TestDecodeLeavesTombstoneEmpty(t *testing.T) {
	if v := Decode(FormatJSON, nil, true); v.Raw != nil || v.JSON != nil {
		t.Errorf("got %+v", v)
	}
}

// Deep nesting must cost neither the stack nor much time.
func TestDecodeRefusesDeepNestingEarly(t *testing.T) {
	for _, unit := range []string{"[", `{"a":`, `[{"a":`, `[""`} {
		raw := []byte(strings.Repeat(unit, (1<<20)/len(unit)))
		if v := Decode(FormatJSON, raw, true); v.JSON != nil {
			t.Errorf("%d bytes of %q taken for JSON", len(raw), unit)
		}
	}
}

func TestParseFormatRefusesUnknownNames(t *testing.T) {
	for name, want := range map[string]Format{"": FormatJSON, "json": FormatJSON, "text": FormatText, "bytes": FormatBytes} {
		if got, err := ParseFormat(name); err != nil || got != want {
			t.Errorf("%q: %q, %v", name, got, err)
		}
	}
	if _, err := ParseFormat("xml"); err == nil {
		t.Error("xml is taken for a format")
	}
}

func FuzzDecode(f *testing.F) {
	f.Add([]byte(`{"a":[1,"\u00e9",null]}`))
	f.Add([]byte(`[[[[`))
	f.Fuzz(func(t *testing.T, raw []byte) {
		Decode(FormatJSON, raw, true)
	})
}

var benchJSON = []byte(`{"id":"` + strings.Repeat("x", 200) + `","items":[` + strings.Repeat(`{"sku":"a-1","qty":2},`, 12) + `{}]}`)

func BenchmarkDecode(b *testing.B) {
	raw := benchJSON
	b.SetBytes(int64(len(raw)))
	b.ReportAllocs()
	for b.Loop() {
		if Decode(FormatJSON, raw, true).JSON == nil {
			b.Fatal("not JSON")
		}
	}
}
