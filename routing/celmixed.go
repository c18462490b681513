package routing

import (
	"math"

	"cel.dev/cel-go/common/types"
	"cel.dev/cel-go/common/types/ref"
	"cel.dev/cel-go/common/types/traits"
)

// mixed calculates with an int and a double as with two doubles: whether a number of the value is the
// one or the other hangs on how the producer wrote it.
func mixed(_ *meter, args []ref.Val) ref.Val {
	a, b := args[0], args[1]
	switch {
	case a.Type() == types.DoubleType && whole(b):
		args[1] = b.ConvertToType(types.DoubleType)
	case b.Type() == types.DoubleType && whole(a):
		args[0] = a.ConvertToType(types.DoubleType)
	}
	return nil
}

// asDouble gives an int to a function of doubles as one, for the same reason.
func asDouble(_ *meter, args []ref.Val) ref.Val {
	if whole(args[0]) {
		args[0] = args[0].ConvertToType(types.DoubleType)
	}
	return nil
}

// remainder is CEL's operator %, and what is left of a division of doubles.
func remainder(_ *meter, args []ref.Val) ref.Val {
	a, b := float(args[0]), float(args[1])
	switch {
	case whole(args[0]) && whole(args[1]), math.IsNaN(a), math.IsNaN(b):
		return nil
	case b == 0:
		return types.NewErr("modulus by zero")
	}
	return types.Double(math.Mod(a, b))
}

// nearestWithin does that to the elements of the last argument: they are compared with each other.
func nearestWithin(_ *meter, args []ref.Val) ref.Val {
	last := len(args) - 1
	if list, ok := args[last].(traits.Lister); ok {
		elems := make([]ref.Val, 0, elements(list))
		for it := list.Iterator(); it.HasNext() == types.True; {
			elems = append(elems, nearest(it.Next()))
		}
		args[last] = types.NewRefValList(types.DefaultTypeAdapter, elems)
	}
	return nil
}

// text converts to a string; nil for what is CEL's to convert.
func text(_ *meter, args []ref.Val) ref.Val { return numberText(args[0]) }
