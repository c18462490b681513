package expr

import (
	"cel.dev/cel-go/common/types"
	"cel.dev/cel-go/common/types/ref"
	"cel.dev/cel-go/common/types/traits"

	"github.com/sluice-bridge/sluice/routing/expr/interp"
	"github.com/sluice-bridge/sluice/routing/expr/number"
)

// The functions that compare lists as sets are CEL's but for their equality, which is number.Equal.

func hasAll(_ *interp.Meter, args []ref.Val) ref.Val {
	return ofLists(args, func(list, other traits.Lister) bool { return countIn(other, list) == elements(other) })
}

func hasOnly(_ *interp.Meter, args []ref.Val) ref.Val {
	return ofLists(args, func(list, other traits.Lister) bool { return countIn(list, other) == elements(list) })
}

func hasExactly(_ *interp.Meter, args []ref.Val) ref.Val {
	return ofLists(args, func(list, other traits.Lister) bool {
		return countIn(other, list) == elements(other) && countIn(list, other) == elements(list)
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
