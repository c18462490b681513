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

func contains(list traits.Lister, v ref.Val) types.Bool { return containsNext(list.Iterator(), v) }

func containsNext(it traits.Iterator, v ref.Val) types.Bool {
	for it.HasNext() == types.True {
		if equalValues(v, it.Next()) {
			return types.True
		}
	}
	return types.False
}

// equalValues is CEL's equality, but for numbers that CEL does not tell apart.
func equalValues(a, b ref.Val) types.Bool {
	switch of := a.(type) {
	case traits.Lister:
		return equalLists(of, b)
	case traits.Mapper:
		return equalMaps(of, b)
	}
	if beyondDoubles(a, b) {
		return compareNumbers(a, b) == 0
	}
	return types.Equal(nearest(a), nearest(b)) == types.True
}

func equalLists(a traits.Lister, other ref.Val) types.Bool {
	b, ok := other.(traits.Lister)
	if !ok || a.Size() != b.Size() {
		return types.False
	}
	for x, y := a.Iterator(), b.Iterator(); x.HasNext() == types.True; {
		if !equalValues(x.Next(), y.Next()) {
			return types.False
		}
	}
	return types.True
}
