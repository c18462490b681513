package expr

import (
	"reflect"

	"cel.dev/cel-go/common/types"
	"cel.dev/cel-go/common/types/ref"
	"cel.dev/cel-go/common/types/traits"
	"github.com/twmb/franz-go/pkg/kgo"

	"github.com/sluice-bridge/sluice/routing/expr/interp"
	"github.com/sluice-bridge/sluice/routing/expr/number"
)

// headerMap is a record's headers as expressions see them: text by name, the last one where a
// name repeats, null where a header has no value.
type headerMap struct {
	record []kgo.RecordHeader
	keys   []string
	meter  *interp.Meter
}

var _ traits.Mapper = (*headerMap)(nil)

func (h *headerMap) read() []string {
	if h.keys == nil {
		h.meter.Operations(2 * len(h.record))
		h.meter.Spend(h.size()) // a name may be of any length
		h.keys = []string{}
		seen := map[string]bool{}
		for _, r := range h.record {
			if !seen[r.Key] {
				seen[r.Key] = true
				h.keys = append(h.keys, r.Key)
			}
		}
	}
	return h.keys
}

func (h *headerMap) size() int {
	size := 0
	for _, r := range h.record {
		size += 2*interp.ScalarSize + len(r.Key) + len(r.Value)
	}
	return size
}

// Find implements traits.Mapper.
func (h *headerMap) Find(key ref.Val) (ref.Val, bool) {
	name, ok := key.(types.String)
	if !ok {
		return nil, false
	}
	h.meter.Spend(interp.ScalarSize * len(h.record))
	v, found := LastHeader(h.record, string(name))
	switch {
	case !found:
		return nil, false
	case v == nil:
		return types.NullValue, true
	}
	h.meter.Allocate(len(v))
	return types.String(lossyText(v)), true
}

// Get implements traits.Indexer.
func (h *headerMap) Get(key ref.Val) ref.Val {
	if v, ok := h.Find(key); ok {
		return v
	}
	return types.NullValue
}

// Contains implements traits.Container.
func (h *headerMap) Contains(key ref.Val) ref.Val {
	_, ok := h.Find(key)
	return types.Bool(ok)
}

// Size implements traits.Sizer.
func (h *headerMap) Size() ref.Val { return types.Int(len(h.read())) }

// Iterator implements traits.Iterable.
func (h *headerMap) Iterator() traits.Iterator {
	return types.NewStringList(types.DefaultTypeAdapter, h.read()).Iterator()
}

// Equal implements ref.Val.
func (h *headerMap) Equal(other ref.Val) ref.Val { return number.EqualMaps(h, other) }

// Type implements ref.Val.
func (h *headerMap) Type() ref.Type { return types.MapType }

// Value implements ref.Val.
func (h *headerMap) Value() any {
	m := map[string]ref.Val{}
	for _, k := range h.read() {
		m[k], _ = h.Find(types.String(k))
	}
	return m
}

// ConvertToType implements ref.Val.
func (h *headerMap) ConvertToType(t ref.Type) ref.Val { return convertMap(h, t) }

// ConvertToNative implements ref.Val.
func (h *headerMap) ConvertToNative(t reflect.Type) (any, error) {
	return types.NewMap(types.DefaultTypeAdapter, h.Value().(map[string]ref.Val)).ConvertToNative(t)
}
