package routing

import (
	"cel.dev/cel-go/common/types"
	"cel.dev/cel-go/common/types/ref"
	"cel.dev/cel-go/common/types/traits"
)

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

func equalMaps(m traits.Mapper, other ref.Val) types.Bool {
	om, ok := other.(traits.Mapper)
	if !ok || m.Size() != om.Size() {
		return types.False
	}
	for it := m.Iterator(); it.HasNext() == types.True; {
		key := it.Next()
		a, _ := m.Find(key)
		b, found := om.Find(key)
		if !found || !bool(equalValues(a, b)) {
			return types.False
		}
	}
	return types.True
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
