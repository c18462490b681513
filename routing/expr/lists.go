package expr

import (
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
	joined := make([]ref.Val, 0, elements(a)+elements(b))
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
