package expr

import (
	"reflect"

	"cel.dev/cel-go/common/types"
	"cel.dev/cel-go/common/types/ref"
	"cel.dev/cel-go/common/types/traits"

	"github.com/sluice-bridge/sluice/internal/jsonscan"
	"github.com/sluice-bridge/sluice/routing/expr/interp"
	"github.com/sluice-bridge/sluice/routing/expr/number"
)

// array is a JSON array, read when first looked into.
type array struct {
	raw   []byte
	meter *interp.Meter
	list  traits.Lister
}

var _ traits.Lister = (*array)(nil)

func (a *array) read() traits.Lister {
	if a.list == nil {
		a.meter.Spend(2 * len(a.raw))
		elems := []ref.Val{}
		for i := 1; ; {
			start, ok := jsonscan.NextElement(a.raw, i)
			if !ok {
				break
			}
			a.meter.Spend(interp.ScalarSize)
			a.meter.Allocate(2 * interp.ScalarSize)
			elems = append(elems, jsonValue(a.meter, a.raw, start))
			i = max(start+1, jsonscan.ValueEnd(a.raw, start))
		}
		a.list = types.NewRefValList(types.DefaultTypeAdapter, elems)
	}
	return a.list
}

// Get implements traits.Indexer.
func (a *array) Get(index ref.Val) ref.Val { return a.read().Get(index) }

// Contains implements traits.Container.
func (a *array) Contains(v ref.Val) ref.Val { return a.read().Contains(v) }

// Size implements traits.Sizer.
func (a *array) Size() ref.Val { return a.read().Size() }

// Iterator implements traits.Iterable.
func (a *array) Iterator() traits.Iterator { return a.read().Iterator() }

// Add implements traits.Adder.
func (a *array) Add(other ref.Val) ref.Val { return a.read().Add(other) }

// Equal implements ref.Val.
func (a *array) Equal(other ref.Val) ref.Val { return number.EqualLists(a, other) }

// Type implements ref.Val.
func (a *array) Type() ref.Type { return types.ListType }

// Value implements ref.Val.
func (a *array) Value() any { return a.read().Value() }

// ConvertToType implements ref.Val.
func (a *array) ConvertToType(t ref.Type) ref.Val { return a.read().ConvertToType(t) }

// ConvertToNative implements ref.Val.
func (a *array) ConvertToNative(t reflect.Type) (any, error) { return a.read().ConvertToNative(t) }
