package expr

import (
	"math"
	"slices"

	"cel.dev/cel-go/common/types"
	"cel.dev/cel-go/common/types/ref"
	"cel.dev/cel-go/common/types/traits"

	"github.com/sluice-bridge/sluice/routing/expr/interp"
	"github.com/sluice-bridge/sluice/routing/expr/number"
)

// addOperator joins two lists in a new one. CEL's refers to both, and a list that is added to itself a few
// dozen times takes for ever to look into.
func addOperator(m *interp.Meter, args []ref.Val) ref.Val {
	a, ok1 := args[0].(traits.Lister)
	b, ok2 := args[1].(traits.Lister)
	if _, collects := a.(traits.MutableLister); !ok1 || !ok2 || collects {
		return asDoubles(m, args)
	}
	joined := make([]ref.Val, 0, elementCount(a)+elementCount(b))
	for _, list := range []traits.Lister{a, b} {
		for it := list.Iterator(); it.HasNext() == types.True; {
			joined = append(joined, it.Next())
		}
	}
	return types.NewRefValList(types.DefaultTypeAdapter, joined)
}

// distinctFunction keeps the first of equal elements. CEL's compares each with each.
func distinctFunction(m *interp.Meter, args []ref.Val) ref.Val {
	list, ok := args[0].(traits.Lister)
	if !ok {
		return nil
	}
	var kept []ref.Val
	alike := map[any][]ref.Val{}
	for it := list.Iterator(); it.HasNext() == types.True; {
		v := it.Next()
		m.Spend(textSize(v))
		key := alikeKey(v)
		if !slices.ContainsFunc(alike[key], func(other ref.Val) bool {
			pair := [2]ref.Val{v, other}
			m.Spend(interp.ScalarSize)
			chargeEqual(m, pair[:])
			return bool(number.Equal(v, other))
		}) {
			kept = append(kept, v)
			m.Allocate(interp.OperationWork)
			alike[key] = append(alike[key], v)
		}
	}
	return types.NewRefValList(types.DefaultTypeAdapter, kept)
}

// alikeKey returns a key that equal values share.
func alikeKey(v ref.Val) any {
	switch v := v.(type) {
	case types.String:
		return string(v)
	case types.Int, types.Uint, types.Double, *number.Written:
		return number.Float(v)
	}
	return nil
}

// The functions that compare lists as sets are CEL's but for their equality, which is number.Equal.

func hasAll(_ *interp.Meter, args []ref.Val) ref.Val {
	return ofLists(args, func(list, other traits.Lister) bool { return countIn(other, list) == elementCount(other) })
}

func hasOnly(_ *interp.Meter, args []ref.Val) ref.Val {
	return ofLists(args, func(list, other traits.Lister) bool { return countIn(list, other) == elementCount(list) })
}

func hasExactly(_ *interp.Meter, args []ref.Val) ref.Val {
	return ofLists(args, func(list, other traits.Lister) bool {
		return countIn(other, list) == elementCount(other) && countIn(list, other) == elementCount(list)
	})
}

func hasAny(_ *interp.Meter, args []ref.Val) ref.Val {
	return ofLists(args, func(list, other traits.Lister) bool { return countIn(other, list) > 0 })
}

func ofLists(args []ref.Val, holds func(list, other traits.Lister) bool) ref.Val {
	list, ok := args[0].(traits.Lister)
	other, too := args[1].(traits.Lister)
	if !ok || !too {
		return nil
	}
	return types.Bool(holds(list, other))
}

// countIn returns how many elements are in another list.
func countIn(list, other traits.Lister) int {
	n := 0
	for it := list.Iterator(); it.HasNext() == types.True; {
		if number.Contains(other, it.Next()) {
			n++
		}
	}
	return n
}

// sortNumbers sorts a list by keys that are numbers. CEL's sorts ints or doubles, not both together.
func sortNumbers(_ *interp.Meter, args []ref.Val) ref.Val {
	list, ok := args[0].(traits.Lister)
	keys, too := args[len(args)-1].(traits.Lister)
	if !ok || !too {
		return nil
	}
	type element struct{ value, key ref.Val }
	elems := make([]element, 0, elementCount(keys))
	for v, k := list.Iterator(), keys.Iterator(); k.HasNext() == types.True; {
		e := element{v.Next(), k.Next()}
		if math.IsNaN(number.Float(e.key)) {
			return nil
		}
		elems = append(elems, e)
	}
	slices.SortStableFunc(elems, func(a, b element) int { return number.Compare(a.key, b.key) })
	sorted := make([]ref.Val, len(elems))
	for i, e := range elems {
		sorted[i] = e.value
	}
	return types.NewRefValList(types.DefaultTypeAdapter, sorted)
}
