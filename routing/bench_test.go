package routing

import (
	"fmt"
	"strings"
	"testing"

	"github.com/sluice-bridge/sluice/routing/expr"
)

// benchEvent is an order of 512 bytes.
func benchEvent() *expr.Event {
	const head = `{"id":"o-1842","type":"order.paid","total":129.95,"currency":"EUR","customer":{"id":"c-77","country":"DE","segment":"b2b"},"items":[{"sku":"a-1","qty":2,"price":19.95},{"sku":"b-2","qty":1,"price":49.0},{"sku":"c-3","qty":1,"price":41.05}],"note":"`
	const tail = `","flag":true}`
	return event(head + strings.Repeat("n", 512-len(head)-len(tail)) + tail)
}

func BenchmarkRoute(b *testing.B) {
	for _, n := range []int{1, 10, 100, 1000, 10000} {
		b.Run(fmt.Sprintf("rules=%d", n), func(b *testing.B) {
			var rules []Rule
			for i := range n - 1 {
				rules = append(rules, Rule{Match: map[string]any{"type": []any{fmt.Sprintf("order.other%d", i)}, "total": []any{map[string]any{"numeric": []any{">=", 100}}}}, To: []string{"a"}})
			}
			rules = append(rules, Rule{Match: map[string]any{"type": []any{"order.paid"}, "total": []any{map[string]any{"numeric": []any{">=", 100}}}}, To: []string{"b"}})
			benchRoute(b, compileRules(b, rules...))
		})
	}
}

func BenchmarkRouteNested(b *testing.B) {
	benchRoute(b, compileRules(b, Rule{Match: map[string]any{
		"customer": map[string]any{"country": []any{"DE", "AT"}},
		"items":    map[string]any{"sku": []any{"b-2"}, "qty": []any{1}},
	}, To: []string{"b"}}))
}

func BenchmarkRouteNoValue(b *testing.B) {
	benchRoute(b, compileRules(b, Rule{Topics: topics("orders"), Headers: map[string]any{"tenant": []any{"acme"}}, To: []string{"b"}}))
}

func BenchmarkRouteCEL(b *testing.B) {
	benchRoute(b, compileRules(b, Rule{When: `value.type == "order.paid" && value.total >= 100`, To: []string{"b"}}))
}

func BenchmarkRouteCELSample(b *testing.B) {
	benchRoute(b, compileRules(b, Rule{When: `value.items.size() >= 3 && !key.startsWith("test-")`, To: []string{"b"}}))
}

func benchRoute(b *testing.B, table *Table) {
	ev := benchEvent()
	var d Decision
	b.ReportAllocs()
	for b.Loop() {
		table.Route(ev, &d)
	}
	if d.Outcome != Routed {
		b.Fatalf("got %+v", d)
	}
}

func BenchmarkExpression(b *testing.B) {
	for _, source := range []string{`value.customer.id`, `"order " + value.id`, `"gold"`} {
		b.Run(source, func(b *testing.B) {
			e, err := expr.Compile(source)
			if err != nil {
				b.Fatal(err)
			}
			ev := benchEvent()
			b.ReportAllocs()
			for b.Loop() {
				ev.Restart()
				if _, ok, err := e.Eval(ev); !ok || err != nil {
					b.Fatal(ok, err)
				}
			}
		})
	}
}

// BenchmarkRouteElements asks for two fields of one element among two thousand.
func BenchmarkRouteElements(b *testing.B) {
	table := compileRules(b, Rule{Match: map[string]any{"items": map[string]any{"sku": []any{"x2"}, "qty": []any{1}}}, To: []string{"b"}})
	items := make([]string, 2001)
	for _, at := range []int{0, 1000, 2000, -1} {
		for i := range items {
			items[i] = fmt.Sprintf(`{"sku":"x%d","qty":%d}`, 1+i%2, 1+i%2)
		}
		if at >= 0 {
			items[at] = `{"sku":"x2","qty":1}`
		}
		b.Run(fmt.Sprintf("match=%d", at), func(b *testing.B) {
			ev := event(`{"items":[` + strings.Join(items, ",") + `]}`)
			var d Decision
			b.ReportAllocs()
			for b.Loop() {
				table.Route(ev, &d)
			}
			if want := at >= 0; (d.Outcome == Routed) != want {
				b.Errorf("got %+v", d)
			}
		})
	}
}

// BenchmarkRouteAbsorbed has a condition of which one side fails, and the other decides.
func BenchmarkRouteAbsorbed(b *testing.B) {
	for _, when := range []string{`value.absent > 1`, `int(value.type) > 1`} {
		b.Run(when, func(b *testing.B) {
			benchRoute(b, compileRules(b, Rule{When: when + ` || value.type == "order.paid"`, To: []string{"b"}}))
		})
	}
}

// BenchmarkRouteText has an event that is a text, which no rule matches.
func BenchmarkRouteText(b *testing.B) {
	table := compileRules(b, Rule{Match: map[string]any{"type": []any{"order.paid"}}, To: []string{"b"}})
	for name, value := range map[string]string{
		"short":   `"` + strings.Repeat("n", 43) + `"`,
		"100 KB":  `"` + strings.Repeat("n", 100<<10) + `"`,
		"escapes": `"` + strings.Repeat(`a \"quoted\" word\n`, 20<<10/18) + `"`,
		"braces":  `"[{main}] started [ok]"`,
	} {
		b.Run(name, func(b *testing.B) {
			ev := event(value)
			var d Decision
			b.ReportAllocs()
			for b.Loop() {
				table.Route(ev, &d)
			}
		})
	}
}
