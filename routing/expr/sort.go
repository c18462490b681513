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

// sortNumbers sorts a list by keys that are numbers. CEL's sorts ints or doubles, not both together.
func sortNumbers(_ *interp.Meter, args []ref.Val) ref.Val {
	list, ok := args[0].(traits.Lister)
	keys, too := args[len(args)-1].(traits.Lister)
	if !ok || !too {
		return nil
	}
	type element struct{ value, key ref.Val }
	elems := make([]element, 0, elements(keys))
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
