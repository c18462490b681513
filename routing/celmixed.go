package routing

import (
	"math"

	"cel.dev/cel-go/common/types"
	"cel.dev/cel-go/common/types/ref"
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
