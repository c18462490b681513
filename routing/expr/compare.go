package expr

import (
	"cel.dev/cel-go/common/types"
	"cel.dev/cel-go/common/types/ref"
	"cel.dev/cel-go/common/types/traits"

	"github.com/sluice-bridge/sluice/routing/expr/interp"
	"github.com/sluice-bridge/sluice/routing/expr/number"
)

// orderOperator is CEL's operator of an order, but for numbers that CEL does not tell apart.
func orderOperator(holds func(order int) bool) func(*interp.Meter, []ref.Val) ref.Val {
	return func(_ *interp.Meter, args []ref.Val) ref.Val {
		if number.BeyondDoubles(args[0], args[1]) {
			return types.Bool(holds(number.Compare(args[0], args[1])))
		}
		args[0], args[1] = number.Nearest(args[0]), number.Nearest(args[1])
		return nil
	}
}

func equalOperator(_ *interp.Meter, args []ref.Val) ref.Val { return number.Equal(args[0], args[1]) }

func notEqualOperator(_ *interp.Meter, args []ref.Val) ref.Val {
	return !number.Equal(args[0], args[1])
}

// inOperator is CEL's operator in, but for the equality. A key that CEL does not find is looked for.
func inOperator(m *interp.Meter, args []ref.Val) ref.Val {
	switch of := args[1].(type) {
	case traits.Lister:
		return number.Contains(of, args[0])
	case traits.Mapper:
		if _, ok := args[0].(*number.Written); ok {
			return number.ContainsNext(of.Iterator(), args[0])
		}
	case types.String:
		if err := interp.WantsDecoding(m, "what in looks into", of); err != nil {
			return types.WrapErr(err)
		}
	}
	return nil
}
