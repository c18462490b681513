package routing

import (
	"reflect"
	"strconv"
	"unicode/utf8"

	"cel.dev/cel-go/common/types"
	"cel.dev/cel-go/common/types/ref"
	"cel.dev/cel-go/common/types/traits"

	"github.com/sluice-bridge/sluice/codec"
)

// celValue is a record's value as expressions see it: lazily read JSON; what is no JSON as text,
// or as bytes where it is not UTF-8; null where there is none.
func celValue(v codec.Value) ref.Val {
	switch {
	case v.JSON != nil:
		return jsonValue(v.JSON, skipSpace(v.JSON, 0))
	case v.Raw == nil:
		return types.NullValue
	case !v.Binary && utf8.Valid(v.Raw):
		return types.String(v.Raw)
	}
	return types.Bytes(v.Raw)
}

// jsonValue reads the value that starts at i. Objects and arrays stay unread.
func jsonValue(b []byte, i int) ref.Val {
	if i >= len(b) {
		return types.NullValue
	}
	raw := b[i:valueEnd(b, i)]
	switch raw[0] {
	case '{':
		return &object{raw: raw}
	case '[':
		return &array{raw: raw}
	case '"':
		text, _ := stringText(raw, nil)
		return types.String(text)
	case 't':
		return types.True
	case 'f':
		return types.False
	case 'n':
		return types.NullValue
	}
	return jsonNumber(raw)
}

// jsonNumber is an int where it is written as one and fits, else a double. CEL compares the two
// by their values.
func jsonNumber(raw []byte) ref.Val {
	text := string(raw)
	if n, err := strconv.ParseInt(text, 10, 64); err == nil {
		return types.Int(n)
	}
	f, err := strconv.ParseFloat(text, 64)
	if err != nil && f == 0 {
		return types.NewErr("%q is no number", text)
	}
	return types.Double(f)
}

// object is a JSON object. A field is looked up in the text; only what asks for all fields (size,
// iteration, equality) reads them. Of a key that occurs twice the last counts, as with the JSON
// readers of most consumers. An object belongs to one evaluation, hence needs no lock.
type object struct {
	raw  []byte
	keys []string
	vals map[string]ref.Val
}

var _ traits.Mapper = (*object)(nil)

// find returns the value of a key.
func (o *object) find(key string) (ref.Val, bool) {
	if o.vals != nil {
		v, ok := o.vals[key]
		return v, ok
	}
	at := -1
	for i := 1; ; {
		m, next, ok := nextMember(o.raw, i)
		if !ok {
			break
		}
		if m.is(key) {
			at = m.value
		}
		i = valueEnd(o.raw, next)
	}
	if at < 0 {
		return nil, false
	}
	return jsonValue(o.raw, at), true
}

func (m member) is(key string) bool {
	if m.escaped {
		return string(unescape(nil, m.key)) == key
	}
	return string(m.key) == key
}

// read reads all members, in the order of the document.
func (o *object) read() {
	if o.vals != nil {
		return
	}
	o.vals = map[string]ref.Val{}
	for i := 1; ; {
		m, next, ok := nextMember(o.raw, i)
		if !ok {
			return
		}
		key := string(m.key)
		if m.escaped {
			key = string(unescape(nil, m.key))
		}
		if _, twice := o.vals[key]; !twice {
			o.keys = append(o.keys, key)
		}
		o.vals[key] = jsonValue(o.raw, m.value)
		i = valueEnd(o.raw, next)
	}
}

// Find implements traits.Mapper.
func (o *object) Find(key ref.Val) (ref.Val, bool) {
	if k, ok := key.(types.String); ok {
		return o.find(string(k))
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
	return equalMaps(o, other)
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

func equalMaps(m traits.Mapper, other ref.Val) ref.Val {
	om, ok := other.(traits.Mapper)
	if !ok || m.Size() != om.Size() {
		return types.False
	}
	for it := m.Iterator(); it.HasNext() == types.True; {
		key := it.Next()
		a, _ := m.Find(key)
		b, found := om.Find(key)
		if !found || types.Equal(a, b) != types.True {
			return types.False
		}
	}
	return types.True
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

// array is a JSON array, read when first looked into.
type array struct {
	raw  []byte
	list traits.Lister
}

var _ traits.Lister = (*array)(nil)

func (a *array) read() traits.Lister {
	if a.list == nil {
		elems := []ref.Val{}
		for i := 1; ; {
			start, ok := nextElement(a.raw, i)
			if !ok {
				break
			}
			elems = append(elems, jsonValue(a.raw, start))
			i = max(start+1, valueEnd(a.raw, start))
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
func (a *array) Equal(other ref.Val) ref.Val { return a.read().Equal(other) }

// Type implements ref.Val.
func (a *array) Type() ref.Type { return types.ListType }

// Value implements ref.Val.
func (a *array) Value() any { return a.read().Value() }

// ConvertToType implements ref.Val.
func (a *array) ConvertToType(t ref.Type) ref.Val { return a.read().ConvertToType(t) }

// ConvertToNative implements ref.Val.
func (a *array) ConvertToNative(t reflect.Type) (any, error) { return a.read().ConvertToNative(t) }
