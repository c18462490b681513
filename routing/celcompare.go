package routing

import (
	"cel.dev/cel-go/common/types"
	"cel.dev/cel-go/common/types/ref"
	"cel.dev/cel-go/common/types/traits"
)

// ordered is CEL's operator of an order, but for numbers that CEL does not tell apart.
func ordered(holds func(order int) bool) func(*meter, []ref.Val) ref.Val {
	return func(_ *meter, args []ref.Val) ref.Val {
		if beyondDoubles(args[0], args[1]) {
			return types.Bool(holds(compareNumbers(args[0], args[1])))
		}
		args[0], args[1] = nearest(args[0]), nearest(args[1])
		return nil
	}
}

func equal(_ *meter, args []ref.Val) ref.Val { return equalValues(args[0], args[1]) }

func notEqual(_ *meter, args []ref.Val) ref.Val { return !equalValues(args[0], args[1]) }

// within is CEL's operator in, but for the equality. A key that CEL does not find is looked for.
func within(m *meter, args []ref.Val) ref.Val {
	switch of := args[1].(type) {
	case traits.Lister:
		return contains(of, args[0])
	case traits.Mapper:
		if _, ok := args[0].(*written); ok {
			return containsNext(of.Iterator(), args[0])
		}
	case types.String:
		if err := wantsDecoding(m, "what in looks into", of); err != nil {
			return types.WrapErr(err)
		}
	}
	return nil
}
