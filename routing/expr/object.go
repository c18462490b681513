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

// object is a JSON object. The first fields asked for are looked up in the text; all are read when
// more are asked for, or something needs them all (size, iteration, equality). Of a key that occurs
// twice the last counts, as with the JSON readers of most consumers. An object belongs to one event
// and goroutine, hence needs no lock.
type object struct {
	raw   []byte
	meter *interp.Meter
	finds int
	keys  []string
	vals  map[string]ref.Val
}

// maxFinds bounds how often an object's text is searched: a condition that looks into the value for
// each element of an array would otherwise take quadratic time.
const maxFinds = 8

var _ traits.Mapper = (*object)(nil)

// Field returns the value of a key.
func (o *object) Field(key string) (ref.Val, bool) {
	if o.finds++; o.finds > maxFinds {
		o.read()
	}
	if o.vals != nil {
		v, ok := o.vals[key]
		return v, ok
	}
	o.meter.Spend(2 * len(o.raw))
	at := jsonscan.FindMember(o.raw, 0, key)
	if at < 0 {
		return nil, false
	}
	return jsonValue(o.meter, o.raw, at), true
}

// read reads all members, in the order of the document.
func (o *object) read() {
	if o.vals != nil {
		return
	}
	o.meter.Spend(2 * len(o.raw))
	o.vals = map[string]ref.Val{}
	for i := 1; ; {
		m, next, ok := jsonscan.NextMember(o.raw, i)
		if !ok {
			return
		}
		key := m.Name()
		o.meter.Operations(2)
		o.meter.Allocate(2*interp.OperationWork + len(key))
		if _, twice := o.vals[key]; !twice {
			o.keys = append(o.keys, key)
		}
		o.vals[key] = jsonValue(o.meter, o.raw, m.Value)
		i = jsonscan.ValueEnd(o.raw, next)
	}
}

// Find implements traits.Mapper.
func (o *object) Find(key ref.Val) (ref.Val, bool) {
	if k, ok := key.(types.String); ok {
		return o.Field(string(k))
	}
	return nil, false
}

// Get implements traits.Indexer.
func (o *object) Get(key ref.Val) ref.Val {
	if v, ok := o.Find(key); ok {
		return v
	}
	return types.NullValue
}

// Contains implements traits.Container.
func (o *object) Contains(key ref.Val) ref.Val {
	_, ok := o.Find(key)
	return types.Bool(ok)
}

// Size implements traits.Sizer.
func (o *object) Size() ref.Val {
	o.read()
	return types.Int(len(o.keys))
}

// Iterator implements traits.Iterable.
func (o *object) Iterator() traits.Iterator {
	o.read()
	return types.NewStringList(types.DefaultTypeAdapter, o.keys).Iterator()
}

// Equal implements ref.Val.
func (o *object) Equal(other ref.Val) ref.Val {
	return number.EqualMaps(o, other)
}

// Type implements ref.Val.
func (o *object) Type() ref.Type { return types.MapType }

// Value implements ref.Val.
func (o *object) Value() any {
	o.read()
	return o.vals
}

// ConvertToType implements ref.Val.
func (o *object) ConvertToType(t ref.Type) ref.Val { return convertMap(o, t) }

// ConvertToNative implements ref.Val.
func (o *object) ConvertToNative(t reflect.Type) (any, error) {
	o.read()
	return types.NewMap(types.DefaultTypeAdapter, o.vals).ConvertToNative(t)
}

func convertMap(m traits.Mapper, t ref.Type) ref.Val {
	switch t {
	case types.MapType:
		return m
	case types.TypeType:
		return types.MapType
	}
	return types.NewErr("type conversion error from '%s' to '%s'", types.MapType, t)
}
