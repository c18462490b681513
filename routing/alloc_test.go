//go:build !race

package routing

import (
	"strings"
	"testing"
)

// The race detector makes sync.Pool forget at random, hence the build tag.
func TestRoutingAllocatesNothing(t *testing.T) {
	table := compileRules(t,
		Rule{Topics: topics("other"), Drop: true},
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

// A text that no rule matches is looked at without a copy, unless it begins as JSON does.
func TestRoutingATextAllocatesNothing(t *testing.T) {
	table := compileRules(t, Rule{Match: map[string]any{"type": []any{"order.paid"}}, To: []string{"b"}})
	for _, value := range []string{`"an order of 45 bytes and more, which is a text"`, `"` + strings.Repeat(`a \"quoted\" word\n`, 1000) + `"`, `"[{main}] started [ok]"`} {
		ev := event(value)
		var d Decision
		if n := testing.AllocsPerRun(100, func() { table.Route(ev, &d) }); n != 0 || d.Outcome != Unmatched {
			t.Errorf("%.30s: %v allocations an event; %+v", value, n, d)
		}
	}
}

// A side that fails costs no more than one that holds, where the other decides.
func TestAbsorbedFailureAllocatesNothing(t *testing.T) {
	table := compileRules(t, Rule{When: `value.total > 1 && value.type == "order"`, To: []string{"a"}})
	allocations := func(value string) float64 {
		ev := event(value)
		var d Decision
		return testing.AllocsPerRun(100, func() {
			if table.Route(ev, &d); d.Outcome != Unmatched || len(d.Errors) != 0 {
				t.Errorf("%s: got %+v", value, d)
			}
		})
	}
	holds := allocations(`{"type":"other","total":2}`)
	for _, value := range []string{`{"type":"other"}`, `{"type":"other","total":null}`} {
		if n := allocations(value); n > holds {
			t.Errorf("%s: %v allocations an event; a condition that does not fail has %v", value, n, holds)
		}
	}
}
