//go:build !race

package routing

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/sluice-bridge/sluice/routing/expr"
)

// Under the race detector what is bounded here takes a minute, hence the build tag.

// repeated is a list of n equal elements.
func repeated(n int, element string) string {
	return "[" + strings.Repeat(element+",", n-1) + element + "]"
}

// Whatever an event is full of, all rules together do a bounded amount of work on it. Those that are not
// evaluated fail, and those without a pattern go on.
func TestWorkOfPatternsIsBounded(t *testing.T) {
	const rules, elements, depth = 1000, 100_000, 40
	var names []string
	for i := range rules {
		names = append(names, fmt.Sprintf(`"%d"`, i))
	}
	ranges := func(i int) any {
		return map[string]any{"numeric": []any{">=", i % 7, "<", 1000 + i}}
	}
	for name, row := range map[string]struct {
		match func(i int) map[string]any
		event string
	}{
		"nodes of the index": {
			func(i int) map[string]any {
				return map[string]any{"a": []any{fmt.Sprint(i)}, "b": []any{fmt.Sprint("b", i)}}
			},
			`{"a":[` + strings.Join(names, ",") + `],"b":` + repeated(elements, `"c"`) + `}`,
		},
		"ranges": {
			func(i int) map[string]any { return map[string]any{"a": []any{ranges(i)}} },
			`{"a":` + repeated(elements, "500") + `}`,
		},
		"tests that are tried": {
			func(i int) map[string]any {
				return map[string]any{"a": []any{map[string]any{"anything-but": map[string]any{"wildcard": fmt.Sprintf("*%d*", i)}}}}
			},
			`{"a":` + repeated(elements/5, `"`+strings.Repeat("no number", 5)+`"`) + `}`,
		},
		"elements to join": {
			func(i int) map[string]any {
				return map[string]any{"l": map[string]any{"a": []any{1}, "b": []any{2}}, "c": []any{map[string]any{"exists": true}, i}}
			},
			`{"c":0,"l":` + repeated(elements, `{"a":1,"b":1},{"a":2,"b":2}`) + `}`,
		},
		"elements to join in vain, one absent": {
			func(i int) map[string]any {
				return map[string]any{"l": map[string]any{"a": []any{1, fmt.Sprint(i)}, "b": []any{2}, "c": []any{map[string]any{"exists": false}}}}
			},
			`{"l":` + repeated(elements, `{"a":1,"b":1,"c":1},{"a":2,"b":2,"c":1}`) + `}`,
		},
		"combinations": {
			func(i int) map[string]any {
				m := map[string]any{"a": []any{1}, "b": []any{1}, "c": []any{1}, "d": []any{2, i}}
				for range depth {
					m = map[string]any{"l": m}
				}
				return m
			},
			func() string {
				one := strings.Repeat(`{"l":[`, depth-1) + `{"a":1},{"b":1},{"c":1},{"d":2}` + strings.Repeat(`]}`, depth-1)
				half := `"l":` + repeated(8, one)
				return `{` + half + `,` + half + `}`
			}(),
		},
	} {
		t.Run(name, func(t *testing.T) {
			var all []Rule
			for i := range rules {
				all = append(all, Rule{Match: row.match(i), To: []string{"a"}, Continue: true})
			}
			table := compileRules(t, append(all, Rule{To: []string{"b"}})...)
			ev := event(row.event)
			var d Decision
			table.Route(ev, &d)
			// The step that takes more than is left is one look at the values of a field.
			if ev.Work() > expr.RecordLimit+expr.RecordLimit/4 {
				t.Errorf("%.1f times the work that is allowed", float64(ev.Work())/expr.RecordLimit)
			}
			failed := slices.ContainsFunc(d.Errors, func(e RuleError) bool { return strings.Contains(e.Err.Error(), "the patterns take too much work") })
			if !failed {
				t.Errorf("work %d: nothing failed for it: %.200v", ev.Work(), d)
			}
			if !slices.Contains(d.Matched, rules) {
				t.Errorf("the rule without a pattern does not decide: %.200v", d)
			}
		})
	}
}

// pairs is an expression that looks at each pair of the elements of a list.
const pairs = `value.l.exists(x, value.l.exists(y, x + y < 0))`

// Expressions of which each takes what one may fail together where there are many of them, and the rest of
// the rules is not evaluated for seconds.
func TestWorkOfExpressionsIsBounded(t *testing.T) {
	const rules = 40
	var all []Rule
	for range rules {
		all = append(all, Rule{When: pairs, To: []string{"a"}, Continue: true})
	}
	table := compileRules(t, all...)
	for elements, want := range map[int]int{10: 0, 350: rules} {
		ev := event(`{"l":` + repeated(elements, "1") + `}`)
		var d Decision
		table.Route(ev, &d)
		if ev.Work() > expr.RecordLimit || (len(d.Errors) > 0) != (want > 0) {
			t.Errorf("%d elements: work %d, %d errors", elements, ev.Work(), len(d.Errors))
		}
		if len(d.Errors) > 0 && (len(d.Errors) == rules || d.Errors[0].Rule < 8 || !strings.Contains(d.Errors[0].Err.Error(), "with those before it")) {
			t.Errorf("%d elements: %d errors, %v first", elements, len(d.Errors), d.Errors[0])
		}
		// What is evaluated for its messages has as much again, and the next decision begins anew.
		e, err := expr.Compile(pairs)
		if err != nil {
			t.Fatal(err)
		}
		failed := 0
		for range rules {
			if _, _, err := e.Eval(ev); err != nil {
				failed++
			}
		}
		if failed != len(d.Errors) {
			t.Errorf("%d elements: of the same expressions after the rules %d fail, and of the rules %d", elements, failed, len(d.Errors))
		}
		before := len(d.Errors)
		if table.Route(ev, &d); len(d.Errors) != before {
			t.Errorf("%d elements: %d errors the second time, %d the first", elements, len(d.Errors), before)
		}
	}
}
