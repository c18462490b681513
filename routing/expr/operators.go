package expr

import (
	"math"

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

// asDoubles calculates with an int and a double as with two doubles: whether a number of the value is the
// one or the other hangs on how the producer wrote it.
func asDoubles(_ *interp.Meter, args []ref.Val) ref.Val {
	a, b := args[0], args[1]
	switch {
	case a.Type() == types.DoubleType && number.IsWhole(b):
		args[1] = b.ConvertToType(types.DoubleType)
	case b.Type() == types.DoubleType && number.IsWhole(a):
		args[0] = a.ConvertToType(types.DoubleType)
	}
	return nil
}

// asDouble gives an int to a function of doubles as one, for the same reason.
func asDouble(_ *interp.Meter, args []ref.Val) ref.Val {
	if number.IsWhole(args[0]) {
		args[0] = args[0].ConvertToType(types.DoubleType)
	}
	return nil
}

// moduloOperator is CEL's operator %, and what is left of a division of doubles.
func moduloOperator(_ *interp.Meter, args []ref.Val) ref.Val {
	a, b := number.Float(args[0]), number.Float(args[1])
	switch {
	case number.IsWhole(args[0]) && number.IsWhole(args[1]), math.IsNaN(a), math.IsNaN(b):
		return nil
	case b == 0:
		return types.NewErr("modulus by zero")
	}
	return types.Double(math.Mod(a, b))
}

// nearestElements does that to the elements of the last argument: they are compared with each other.
func nearestElements(_ *interp.Meter, args []ref.Val) ref.Val {
	last := len(args) - 1
	if list, ok := args[last].(traits.Lister); ok {
		elems := make([]ref.Val, 0, elementCount(list))
		for it := list.Iterator(); it.HasNext() == types.True; {
			elems = append(elems, number.Nearest(it.Next()))
		}
		args[last] = types.NewRefValList(types.DefaultTypeAdapter, elems)
	}
	return nil
}

// stringFunction converts to a string; nil for what is CEL's to convert.
func stringFunction(_ *interp.Meter, args []ref.Val) ref.Val { return number.Text(args[0]) }
