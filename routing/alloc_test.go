//go:build !race

package routing

import "testing"

// The race detector makes sync.Pool forget at random, hence the build tag.
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
