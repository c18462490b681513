package expr

import (
	"cel.dev/cel-go/common/types"
	"cel.dev/cel-go/common/types/ref"
	"cel.dev/cel-go/common/types/traits"

	"github.com/sluice-bridge/sluice/routing/expr/interp"
	"github.com/sluice-bridge/sluice/routing/expr/number"
)

// sizeOf returns how many bytes a value holds, with all that is in it, or some number over the
// limit where it holds more. An element that occurs twice counts twice.
func sizeOf(v ref.Val, limit int) int {
	switch v := v.(type) {
	case types.String:
		return len(v)
	case types.Bytes:
		return len(v)
	case *number.Written:
		return len(v.Raw)
	case *object:
		return len(v.raw)
	case *array:
		return len(v.raw)
	case *headerMap:
		return v.size()
	case traits.Mapper:
		size := interp.ScalarSize
		for it := v.Iterator(); size <= limit && it.HasNext() == types.True; {
			key := it.Next()
			value, _ := v.Find(key)
			size += interp.ScalarSize + sizeOf(key, limit-size)
			size += sizeOf(value, limit-size)
		}
		return size
	case traits.Lister:
		size := interp.ScalarSize
		for it := v.Iterator(); size <= limit && it.HasNext() == types.True; {
			size += interp.ScalarSize + sizeOf(it.Next(), limit-size)
		}
		return size
	}
	return interp.ScalarSize
}

// affordableSize returns the size of a value; one that is over what is left fails the evaluation.
func affordableSize(m *interp.Meter, v ref.Val) int {
	size := sizeOf(v, m.Left())
	if size > m.Left() {
		m.Spend(size)
	}
	return size
}

func textSize(v ref.Val) int {
	switch v := v.(type) {
	case types.String:
		return len(v)
	case types.Bytes:
		return len(v)
	case *number.Written:
		return len(v.Raw)
	}
	return 0
}

// elementCount returns how many elements a list or a map has, 0 for other values.
func elementCount(v ref.Val) int {
	if s, ok := v.(traits.Sizer); ok && textSize(v) == 0 {
		if n, ok := s.Size().(types.Int); ok {
			return int(n)
		}
	}
	return 0
}

func isContainer(v ref.Val) bool {
	switch v.(type) {
	case traits.Lister, traits.Mapper:
		return true
	}
	return false
}
