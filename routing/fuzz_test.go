package routing

import (
	"slices"
	"strings"
	"testing"

	"github.com/twmb/franz-go/pkg/kgo"

	"github.com/sluice-bridge/sluice/codec"
	"github.com/sluice-bridge/sluice/routing/expr"
)

// FuzzRoute puts any bytes into every part of a record. Nothing may panic or hang, and Explain
// must agree with Route.
func FuzzRoute(f *testing.F) {
	table := compileRules(f,
		Rule{Match: map[string]any{"a": map[string]any{"b": []any{1, nil}, "c": []any{map[string]any{"prefix": "x"}}}, "d": []any{map[string]any{"exists": false}}}, To: []string{"a"}, Continue: true},
		Rule{Headers: map[string]any{"h": []any{"x", map[string]any{"anything-but": "y"}}}, To: []string{"b"}, Continue: true},
		Rule{When: `value.a.b.c == null && has(value.a) && value.l.exists(x, x.n == 1 || x == value.a)`, To: []string{"b"}, Continue: true},
		Rule{When: `value == headers || key in value || value.size() > 2 || string(value).matches("^a+$")`, To: []string{"b"}, Continue: true},
		Rule{When: `value.map(k, value[k]) == [1] || headers.map(k, headers[k]).join(",").size() > 3`, To: []string{"a", "c"}, Attributes: map[string]string{"x": "value", "y": "key", "z": "headers.h"}},
	)
	correlation, err := CompileCorrelation([]string{"h"}, "value.id")
	if err != nil {
		f.Fatal(err)
	}
	f.Add([]byte("k"), []byte(`{"a":{"b":1,"c":"xy"},"l":[{"n":1}],"id":"7"}`), "h", []byte("x"))
	f.Add([]byte{0xff}, []byte(`{"a":{"b":[[{}]],"a":[1,{"b":null}]},"a":3}`), "traceparent", []byte("00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"))
	f.Add([]byte(nil), []byte(`"text"`), "", []byte(nil))
	f.Add([]byte{}, []byte("\xff\xfe"), "h", []byte{0xff})
	f.Add([]byte("k"), []byte(" "), "h", []byte("x"))
	f.Add([]byte("k"), []byte(strings.Repeat(`{"a":[`, 300)), "h", []byte("x"))
	f.Fuzz(func(t *testing.T, key, value []byte, header string, text []byte) {
		record := &kgo.Record{Topic: "orders", Key: key, Value: value, Headers: []kgo.RecordHeader{{Key: header, Value: text}, {Key: "h", Value: text}}}
		ev := &expr.Event{Record: record, Value: codec.Decode(codec.FormatJSON, value, true)}
		routeAll(t, table, correlation, ev)
		// What is not valid JSON never gets here; if it did, it must do no harm.
		ev.Value.JSON = value
		routeAll(t, table, correlation, ev)
	})
}

func routeAll(t *testing.T, table *Table, correlation *Correlation, ev *expr.Event) {
	ev.CorrelationID = correlation.Find(ev)
	var d Decision
	table.Route(ev, &d)
	for _, target := range d.Targets {
		for _, a := range table.Attributes(target) {
			a.Value.Eval(ev)
		}
	}
	var matched []int
	for _, trace := range table.Explain(ev) {
		if trace.Matched {
			matched = append(matched, trace.Rule)
		}
	}
	if !slices.Equal(matched, d.Matched) {
		t.Errorf("explained as matching %v, routed as %v", matched, d.Matched)
	}
	for _, e := range d.Errors {
		if strings.Contains(e.Err.Error(), "internal error") {
			t.Errorf("rule %d: %v", e.Rule, e.Err)
		}
	}
}
