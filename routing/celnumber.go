package routing

import (
	"math"
	"strconv"

	"cel.dev/cel-go/common/types"
	"cel.dev/cel-go/common/types/ref"
	"cel.dev/cel-go/common/types/traits"
)

// written is a number of the value that no int is and no double means as it is written, such as
// 12345678901234567890. What only passes it on gives what came; to CEL's functions it is the nearest
// double.
type written struct {
	types.Double
	raw []byte
}

// Equal implements ref.Val. All its digits tell it apart from another such number and from whole ones.
func (w *written) Equal(other ref.Val) ref.Val {
	switch o := other.(type) {
	case *written:
		return types.Bool(parseDecimal(w.raw).equal(parseDecimal(o.raw)))
	case types.Int:
		return types.Bool(parseDecimal(w.raw).equal(parseDecimal(strconv.AppendInt(nil, int64(o), 10))))
	case types.Uint:
		return types.Bool(parseDecimal(w.raw).equal(parseDecimal(strconv.AppendUint(nil, uint64(o), 10))))
	}
	return w.Double.Equal(other)
}

// equalWhole compares a double with a whole number as it is. CEL compares with the nearest double.
func equalWhole(d types.Double, whole ref.Val) types.Bool {
	f := float64(d)
	switch n := whole.(type) {
	case types.Int:
		return f >= -1<<63 && f < 1<<63 && f == math.Trunc(f) && int64(f) == int64(n)
	case types.Uint:
		return f >= 0 && f < 1<<64 && f == math.Trunc(f) && uint64(f) == uint64(n)
	}
	return false
}

// nearest returns a value as CEL's functions know it.
func nearest(v ref.Val) ref.Val {
	if w, ok := v.(*written); ok {
		return w.Double
	}
	return v
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

// text converts to a string.
func text(_ *meter, args []ref.Val) ref.Val {
	if w, ok := args[0].(*written); ok {
		return types.String(w.raw)
	}
	return nil
}

func equal(_ *meter, args []ref.Val) ref.Val { return equalValues(args[0], args[1]) }

func notEqual(_ *meter, args []ref.Val) ref.Val { return !equalValues(args[0], args[1]) }

func within(_ *meter, args []ref.Val) ref.Val {
	list, ok := args[1].(traits.Lister)
	if !ok {
		return nil
	}
	return contains(list, args[0])
}

// equalValues is CEL's equality, but for numbers that only we know.
func equalValues(a, b ref.Val) types.Bool {
	switch of := a.(type) {
	case traits.Lister:
		return equalLists(of, b)
	case traits.Mapper:
		return equalMaps(of, b)
	}
	switch of := b.(type) {
	case *written:
		a, b = b, a
	case types.Double:
		if whole(a) {
			return equalWhole(of, a)
		}
	}
	if d, ok := a.(types.Double); ok && whole(b) {
		return equalWhole(d, b)
	}
	return types.Equal(a, b) == types.True
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
