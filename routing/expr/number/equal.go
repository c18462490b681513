package number

import (
	"cel.dev/cel-go/common/types"
	"cel.dev/cel-go/common/types/ref"
	"cel.dev/cel-go/common/types/traits"
)

// Equal is CEL's equality, but for numbers that CEL does not tell apart.
func Equal(a, b ref.Val) types.Bool {
	switch of := a.(type) {
	case traits.Lister:
		return EqualLists(of, b)
	case traits.Mapper:
		return EqualMaps(of, b)
	}
	if BeyondDoubles(a, b) {
		return Compare(a, b) == 0
	}
	return types.Equal(Nearest(a), Nearest(b)) == types.True
}

// EqualLists reports whether a value is a list of equal elements.
func EqualLists(a traits.Lister, other ref.Val) types.Bool {
	b, ok := other.(traits.Lister)
	if !ok || a.Size() != b.Size() {
		return types.False
	}
	for x, y := a.Iterator(), b.Iterator(); x.HasNext() == types.True; {
		if !Equal(x.Next(), y.Next()) {
			return types.False
		}
	}
	return types.True
}

// EqualMaps reports whether a value is a map of the same keys with equal values.
func EqualMaps(m traits.Mapper, other ref.Val) types.Bool {
	om, ok := other.(traits.Mapper)
	if !ok || m.Size() != om.Size() {
		return types.False
	}
	for it := m.Iterator(); it.HasNext() == types.True; {
		key := it.Next()
		a, _ := m.Find(key)
		b, found := om.Find(key)
		if !found || !bool(Equal(a, b)) {
			return types.False
		}
	}
	return types.True
}

// Contains reports whether a list has an equal element.
func Contains(list traits.Lister, v ref.Val) types.Bool { return ContainsNext(list.Iterator(), v) }

// ContainsNext is Contains for what is left of a list.
func ContainsNext(it traits.Iterator, v ref.Val) types.Bool {
	for it.HasNext() == types.True {
		if Equal(v, it.Next()) {
			return types.True
		}
	}
	return types.False
}
