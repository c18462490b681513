package expr

import (
	"strings"
	"testing"

	"github.com/twmb/franz-go/pkg/kgo"
	"pgregory.net/rapid"

	"github.com/sluice-bridge/sluice/codec"
	"github.com/sluice-bridge/sluice/internal/jsongen"
)

func TestDirectAgreesWithInterpreter(t *testing.T) {
	var expressions []*Expression
	for _, source := range []string{`value`, `value.a`, `value.b.a`, `value["a"]`, `value["d.e"]`, `value.b["é"].a`, `value[""]`, `headers.h`, `headers["i"]`,
		`headers`, `key`, `topic`, `correlation_id`, `"gold"`, `""`} {
		e, err := Compile(source)
		if err != nil {
			t.Fatal(err)
		}
		if e.program.direct == nil {
			t.Errorf("%s takes the interpreter", source)
		}
		expressions = append(expressions, e)
	}
	header := rapid.Custom(func(t *rapid.T) kgo.RecordHeader {
		h := kgo.RecordHeader{Key: rapid.SampledFrom([]string{"h", "i"}).Draw(t, "name")}
		if rapid.IntRange(0, 5).Draw(t, "null") > 0 {
			h.Value = []byte(jsongen.Text.Draw(t, "value"))
		}
		return h
	})
	rapid.Check(t, func(t *rapid.T) {
		ev := event(rapid.OneOf(jsongen.Document, jsongen.Value, rapid.SampledFrom([]string{"", "text", "\xff", " {}", `{"a":1e99}`, `{"a":1.50}`, `{"a":"\u00e9"}`})).Draw(t, "value"))
		ev.Record.Headers = rapid.SliceOfN(header, 0, 3).Draw(t, "headers")
		ev.CorrelationID = rapid.SampledFrom([]string{"", "c"}).Draw(t, "correlation id")
		switch rapid.IntRange(0, 4).Draw(t, "strange") {
		case 0:
			ev.Record.Key, ev.Record.Value, ev.Value = nil, nil, codec.Value{}
		case 1:
			ev.Record.Key = []byte("\xffkey")
			ev.Value = codec.Decode(codec.FormatBytes, ev.Record.Value, true)
		}
		for _, e := range expressions {
			text, ok, err := e.Eval(ev)
			wantText, wantOK, wantErr := e.interpret(ev)
			if text != wantText || ok != wantOK || (err == nil) != (wantErr == nil) {
				t.Fatalf("%s of %s: %q %v %v, want %q %v %v", e, ev.Record.Value, text, ok, err, wantText, wantOK, wantErr)
			}
		}
	})
}

func TestExpressionsWithoutDirectFormTakeTheInterpreter(t *testing.T) {
	for _, source := range []string{`value.a + "x"`, `value[0]`, `headers.h.i`, `has(value.a)`, `partition`, `timestamp`, `topic.size()`, `{"a": 1}.a`, `value.a[key]`} {
		e, err := Compile(source)
		if err != nil {
			if !strings.Contains(source, "headers.h.i") {
				t.Error(source, err)
			}
			continue
		}
		if e.program.direct != nil {
			t.Errorf("%s does not take the interpreter", source)
		}
	}
}
