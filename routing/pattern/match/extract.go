package match

import (
	"math"

	"github.com/twmb/franz-go/pkg/kgo"

	"github.com/sluice-bridge/sluice/codec/jsontext"
	"github.com/sluice-bridge/sluice/internal/decimal"
	"github.com/sluice-bridge/sluice/internal/jsonscan"
)

type kind uint8

const (
	kindString kind = iota + 1
	kindNumber
	kindTrue
	kindFalse
	kindNull
)

// value is a scalar found at a field.
type value struct {
	kind  kind
	exact bool // num is the number; else it matches as text only
	slot  int32
	next  int32 // the value before in the same slot, or -1
	scope int32 // the innermost it is within
	num   float64
	text  []byte
	fold  []byte // see canonical
}

// scope is the event itself, an array, or an element of one that is an object or an array. Fields
// below the same array must come from the same element to match together.
type scope struct {
	parent int32 // an element's array; the element around an array, or the event
	array  bool
}

// extraction is what was read of one event: one pass over the value, however many rules ask. Its
// memory serves one event after another.
type extraction struct {
	values []value
	heads  []int32 // by slot: the last value, or -1
	scopes []scope // [0] is the event itself; those within a scope come after it
	buf    []byte  // unescaped and canonical text
	join   join
	chosen []int32 // see tryAll
	work   int     // of the patterns since the account; see Finder.Work
	limit  int     // of that
}

func newExtraction(slots int) *extraction {
	x := &extraction{heads: make([]int32, slots), scopes: make([]scope, 1, 8), limit: math.MaxInt}
	for i := range x.heads {
		x.heads[i] = -1
	}
	return x
}

// keepValues is how many values an extraction may keep room for: one huge event must not hold on
// to its memory for good.
const keepValues = 4096

func (x *extraction) reset() {
	for i := range x.values {
		x.heads[x.values[i].slot] = -1
	}
	if cap(x.values)+cap(x.scopes) > keepValues || cap(x.buf) > 16*keepValues {
		x.values, x.scopes, x.buf, x.join = nil, make([]scope, 1, 8), nil, join{}
	}
	clear(x.values) // lets go of the record's bytes
	x.values, x.scopes, x.buf = x.values[:0], x.scopes[:1], x.buf[:0]
}

// read takes from a document what the tree asks for, and validates all of it on the way. The results
// say whether it is JSON, and whether it is an object.
func (x *extraction) read(root *step, doc []byte) (valid, object bool) {
	i := jsonscan.SkipSpace(doc, 0)
	if i >= len(doc) || doc[i] != '{' {
		return jsonscan.Valid(doc), false
	}
	end := x.readMembers(root, doc, i, 0, 0)
	valid = end >= 0 && jsonscan.SkipSpace(doc, end) == len(doc)
	return valid, valid
}

// readMembers reads the object that opens at i. Like the functions below it returns the index after it,
// or -1 where it is not valid; within is the scope around it, depth what is open.
func (x *extraction) readMembers(s *step, doc []byte, i int, within int32, depth int) int {
	if depth++; depth > jsontext.MaxDepth {
		return -1
	}
	if i = jsonscan.PassSpace(doc, i+1); i < len(doc) && doc[i] == '}' {
		return i + 1
	}
	for {
		if i >= len(doc) || doc[i] != '"' {
			return -1
		}
		end, escaped := jsonscan.PassShort(doc, i), false
		if end == 0 {
			if end, escaped = jsonscan.PassString(doc, i); end < 0 {
				return -1
			}
		}
		key := doc[i+1 : end-1]
		if escaped {
			start := len(x.buf)
			x.buf = jsonscan.Unescape(x.buf, key)
			key = x.buf[start:]
		}
		if i = jsonscan.PassSpace(doc, end); i >= len(doc) || doc[i] != ':' {
			return -1
		}
		i = jsonscan.PassSpace(doc, i+1)
		if c := s.child(key); c != nil {
			i = x.readValue(c, doc, i, within, depth)
		} else {
			i = jsonscan.PassValue(doc, i, depth)
		}
		if i < 0 {
			return -1
		}
		if i = jsonscan.PassSpace(doc, i); i >= len(doc) {
			return -1
		}
		switch doc[i] {
		case ',':
			i = jsonscan.PassSpace(doc, i+1)
		case '}':
			return i + 1
		default:
			return -1
		}
	}
}

func (x *extraction) readValue(s *step, doc []byte, i int, within int32, depth int) int {
	if i >= len(doc) {
		return -1
	}
	switch doc[i] {
	case '{':
		if len(s.keys) == 0 {
			return jsonscan.PassNested(doc, i, depth)
		}
		return x.readMembers(s, doc, i, within, depth)
	case '[':
		return x.readElements(s, doc, i, within, depth)
	case '"':
		end, escaped := jsonscan.PassString(doc, i)
		if end >= 0 && s.slot >= 0 {
			v := x.newValue(s.slot, within)
			v.kind, v.text = kindString, doc[i+1:end-1]
			if escaped {
				start := len(x.buf)
				x.buf = jsonscan.Unescape(x.buf, v.text)
				v.text = x.buf[start:]
			}
		}
		return end
	}
	end := jsonscan.PassScalar(doc, i)
	if end >= 0 && s.slot >= 0 {
		x.addScalar(s.slot, doc[i:end], within)
	}
	return end
}

func (x *extraction) readElements(s *step, doc []byte, i int, within int32, depth int) int {
	if depth++; depth > jsontext.MaxDepth {
		return -1
	}
	if i = jsonscan.PassSpace(doc, i+1); i < len(doc) && doc[i] == ']' {
		return i + 1
	}
	array := int32(-1)
	for {
		at := within
		if i < len(doc) && (doc[i] == '{' || doc[i] == '[') {
			if array < 0 {
				array = x.scope(within, true)
			}
			at = x.scope(array, false)
		}
		if i = x.readValue(s, doc, i, at, depth); i < 0 {
			return -1
		}
		if i = jsonscan.PassSpace(doc, i); i >= len(doc) {
			return -1
		}
		switch doc[i] {
		case ',':
			i = jsonscan.PassSpace(doc, i+1)
		case ']':
			return i + 1
		default:
			return -1
		}
	}
}

func (x *extraction) scope(parent int32, array bool) int32 {
	x.scopes = append(x.scopes, scope{parent, array})
	return int32(len(x.scopes) - 1) //nolint:gosec // an event has fewer bytes than that
}

// addScalar takes a scalar that is no string.
func (x *extraction) addScalar(slot int32, raw []byte, within int32) {
	v := x.newValue(slot, within)
	v.text = raw
	switch raw[0] {
	case 't':
		v.kind = kindTrue
	case 'f':
		v.kind = kindFalse
	case 'n':
		v.kind = kindNull
	default:
		v.kind = kindNumber
		v.num, v.exact = decimal.Float(raw)
	}
}

// newValue adds an empty value to a slot.
func (x *extraction) newValue(slot, within int32) *value {
	x.values = append(x.values, value{slot: slot, next: x.heads[slot], scope: within})
	x.heads[slot] = int32(len(x.values) - 1) //nolint:gosec // an event has fewer bytes than that
	return &x.values[len(x.values)-1]
}

// headers takes the headers that rules ask for. A header without a value is null; all others are
// text.
func (x *extraction) headers(slots map[string]int32, headers []kgo.RecordHeader) {
	for i := range headers {
		h := &headers[i]
		slot, ok := slots[h.Key]
		if !ok {
			continue
		}
		v := x.newValue(slot, 0)
		if v.kind = kindString; h.Value == nil {
			v.kind = kindNull
		}
		v.text = h.Value
	}
}

// canonical is the text of a value in appendCanonical's form.
func (x *extraction) canonical(v *value) []byte {
	if v.fold == nil {
		start := len(x.buf)
		x.buf = appendCanonical(x.buf, v.text)
		v.fold = x.buf[start:len(x.buf):len(x.buf)]
	}
	return v.fold
}
