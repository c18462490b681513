package routing

import (
	"fmt"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/twmb/franz-go/pkg/kgo"

	"github.com/sluice-bridge/sluice/codec"
	"github.com/sluice-bridge/sluice/routing/expr"
)

// event makes an event on topic "orders" with a value.
func event(value string) *expr.Event {
	return &expr.Event{
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

// Route may be called from many goroutines, on topics seen and not yet seen.
func TestTableRoutesForManyGoroutines(t *testing.T) {
	table := compileRules(t,
		Rule{Topics: topics("/[02468]$/"), Match: map[string]any{"n": []any{1}}, To: []string{"a"}},
		Rule{When: `value.n == 1 && has(value.s)`, To: []string{"b"}},
	)
	var wg sync.WaitGroup
	for range 8 {
		wg.Go(func() {
			var d Decision
			for i := range 500 {
				ev := event(`{"n":1,"s":"x"}`)
				ev.Record.Topic = fmt.Sprintf("t%d", i%50)
				table.Route(ev, &d)
				want := i % 2
				if d.Outcome != Routed || len(d.Targets) != 1 || d.Targets[0].Destination != want {
					t.Errorf("topic %s: %+v", ev.Record.Topic, d)
					return
				}
			}
		})
	}
	wg.Wait()
}

// Where a key is repeated above arrays, trying all elements with each other must end in an error, soon.
func TestCombinationsOfRepeatedKeysAreBounded(t *testing.T) {
	table := compileRules(t, Rule{To: []string{"a"}, Match: map[string]any{
		"l": map[string]any{"a": []any{1}, "b": []any{1}},
	}})
	var items []string
	for range 3000 {
		items = append(items, `{"a":1},{"b":1}`)
	}
	half := `"l":[` + strings.Join(items, ",") + `]`
	var d Decision
	table.Route(event(`{`+half+`,`+half+`}`), &d)
	if d.Outcome != DeadLetter || len(d.Errors) != 1 {
		t.Errorf("got %+v", d)
	}
	table.Route(event(`{`+half+`}`), &d)
	if d.Outcome != Unmatched {
		t.Errorf("got %+v", d)
	}
}

func TestRouteOverwritesTheDecisionBefore(t *testing.T) {
	table := compileRules(t, Rule{Match: map[string]any{"n": []any{1}}, To: []string{"a"}}, Rule{When: "value.x > 1", Drop: true})
	var d Decision
	table.Route(event(`{}`), &d)
	if d.Outcome != DeadLetter || len(d.Errors) != 1 {
		t.Errorf("got %+v", d)
	}
	table.Route(event(`{"n":1}`), &d)
	if d.Outcome != Routed || len(d.Errors) != 0 || len(d.Targets) != 1 {
		t.Errorf("got %+v", d)
	}
	table.Route(event(`{"x":1}`), &d)
	if d.Outcome != Unmatched || len(d.Errors)+len(d.Targets)+len(d.Matched) != 0 {
		t.Errorf("got %+v", d)
	}
}

// An event that nobody has validated is routed as one that somebody has.
func TestUncheckedEventsRouteAsCheckedOnes(t *testing.T) {
	table := compileRules(t,
		Rule{When: `value == null || type(value) == string`, To: []string{"c"}},
		Rule{Match: map[string]any{"a": []any{1}}, To: []string{"a"}},
		Rule{When: `value.b == 1`, To: []string{"b"}},
	)
	check := func(t interface{ Errorf(string, ...any) }, doc string) {
		checked, unchecked := event(doc), event(doc)
		unchecked.Unchecked, unchecked.Value = true, codec.Value{Raw: []byte(doc), JSON: []byte(doc)}
		var want, got Decision
		table.Route(checked, &want)
		table.Route(unchecked, &got)
		if got.Outcome != want.Outcome || len(got.Targets) != len(want.Targets) || unchecked.Unchecked || (unchecked.Value.JSON == nil) != (checked.Value.JSON == nil) {
			t.Errorf("%q: %+v, want %+v", doc, got, want)
		}
	}
	for _, doc := range []string{`{"a":1}`, `{"a":1`, `{"b":1}`, `[]`, `text`, `{"a":1}x`, `{}`} {
		check(t, doc)
	}
}
