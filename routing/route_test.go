package routing

import (
	"testing"
	"time"

	"github.com/twmb/franz-go/pkg/kgo"

	"github.com/sluice-bridge/sluice/codec"
)

// event makes an event on topic "orders" with a value.
func event(value string) *Event {
	return &Event{
		Record: &kgo.Record{
			Topic: "orders", Partition: 3, Offset: 42, Key: []byte("k-1"), Value: []byte(value),
			Timestamp: time.Date(2024, 5, 6, 7, 8, 9, 0, time.UTC),
			Headers:   []kgo.RecordHeader{{Key: "tenant", Value: []byte("acme")}},
		},
		Value: codec.Decode(codec.FormatJSON, []byte(value), true),
	}
}

func compileRules(t testing.TB, rules ...Rule) *Table {
	t.Helper()
	table, err := Compile(Options{
		Rules:        rules,
		Destinations: []Destination{{Name: "a"}, {Name: "b"}, {Name: "c"}},
		Unmatched:    "drop",
	})
	if err != nil {
		t.Fatal(err)
	}
	return table
}

func TestAllocations(t *testing.T) {
	table := compileRules(t,
		Rule{Topics: []string{"other"}, Drop: true},
		Rule{Match: map[string]any{"total": []any{map[string]any{"numeric": []any{">", 1000}}}}, Drop: true},
		Rule{Headers: map[string]any{"tenant": []any{"acme"}}, Match: map[string]any{"type": []any{"order.shipped"}}, To: []string{"b"}},
		Rule{Match: map[string]any{"items": map[string]any{"sku": []any{"x2"}, "n": []any{2}}}, To: []string{"a"}, Continue: true},
		Rule{Match: map[string]any{"type": []any{"order.paid"}, "total": []any{100}}, To: []string{"a", "b"}},
	)
	ev := event(`{"type":"order.\u0070aid","total":1e2,"items":[{"sku":"x1","n":1},{"sku":"x2","n":2}]}`)
	var d Decision
	if n := testing.AllocsPerRun(100, func() { table.Route(ev, &d) }); n != 0 {
		t.Errorf("%v allocations an event", n)
	}
	if d.Outcome != Routed || len(d.Targets) != 2 || len(d.Matched) != 2 || d.Targets[0].Rule != 3 {
		t.Errorf("got %+v", d)
	}
}

func TestExpressionsSmoke(t *testing.T) {
	ev := event(`{"a":{"n":1,"s":"xé\n"},"items":[{"q":1},{"q":2}],"f":1.5,"z":null}`)
	for src, want := range map[string]string{
		`value.x.b.c == null`:                  "true",
		`has(value.a.n)`:                       "true",
		`has(value.a.x)`:                       "false",
		`has(value.x.y.z)`:                     "false",
		`has(value.z)`:                         "true",
		`value.a.n.deeper == null`:             "true",
		`value.items[5].q == null`:             "true",
		`value.items[1].q == 2`:                "true",
		`value.items.size()`:                   "2",
		`value.items.exists(i, i.q > 1.5)`:     "true",
		`value.items.map(i, i.q)`:              "[1,2]",
		`value.a.s`:                            "xé\n",
		`value.a`:                              `{"n":1,"s":"xé\n"}`,
		`value.f`:                              "1.5",
		`headers.tenant + "/" + topic`:         "acme/orders",
		`headers.nobody == null`:               "true",
		`value.a == {"n": 1, "s": "xé\n"}`:     "true",
		`{"n": 1, "s": "xé\n"} == value.a`:     "true",
		`{"n": 1, "m": null} == {"n":1}`:       "false",
		`"n" in value.a`:                       "true",
		`value.map(k, k).join(",")`:            "a,items,f,z",
		`partition + offset`:                   "45",
		`timestamp`:                            "2024-05-06T07:08:09Z",
		`value["a"]["n"] == 1.0`:               "true",
		`value[topic] == null`:                 "true",
		`(has(value.x) ? value.x : value.a).n`: "1",
		`type(value) == map`:                   "true",
		`value.items.filter(i, i.q == 2)[0].q`: "2",
		`base64.encode(b"hi")`:                 "aGk=",
	} {
		e, err := CompileExpression(src)
		if err != nil {
			t.Errorf("%s: %v", src, err)
			continue
		}
		got, ok, err := e.Eval(ev)
		if src == `value.a` {
			want = `{"n":1,"s":"xé\n"}`
		}
		if err != nil || !ok || got != want {
			t.Errorf("%s: %q %v %v, want %q", src, got, ok, err, want)
		}
	}
	for _, src := range []string{`value.nope.size()`, `value.nope > 3`, `value.a.s + 1`} {
		e, err := CompileExpression(src)
		if err != nil {
			t.Errorf("%s: %v", src, err)
			continue
		}
		got, ok, err := e.Eval(ev)
		t.Logf("%s: %q %v %v", src, got, ok, err)
		if err == nil {
			t.Errorf("%s: no error", src)
		}
	}
	for _, src := range []string{`vlaue.nope`, `topic +`, `topic == 1`, `has(value)`, `foo(1)`} {
		_, err := CompileExpression(src)
		t.Log(src, err)
		if err == nil {
			t.Errorf("%s: no error", src)
		}
	}
}
