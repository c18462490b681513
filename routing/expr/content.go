package expr

import (
	"math"

	"cel.dev/cel-go/common/types"
	"cel.dev/cel-go/common/types/traits"

	"github.com/sluice-bridge/sluice/routing/expr/number"
)

// ContentKind says how a Content is to be taken. The zero value is none.
type ContentKind uint8

const (
	// ContentText is a text.
	ContentText ContentKind = iota + 1
	// ContentJSON is one JSON document.
	ContentJSON
	// ContentBytes are bytes, even when they happen to be text.
	ContentBytes
)

// Content is what an expression gives for a body. It may refer to the event's memory.
type Content struct {
	Data []byte
	Kind ContentKind
}

// Content evaluates the expression of a body. It returns false where the result is null.
//
// A string, a timestamp and a duration are text, as Eval writes them; bytes are bytes. A number, a
// bool, a list and a map are JSON: an object or array of the value as it came, and of one that the
// expression makes the keys in alphabetical order, so that the same event always gives the same.
func (e *Expression) Content(ev *Event) (Content, bool, error) {
	ev.Validate()
	a := NewVariables(ev)
	defer a.Release()
	v, err := e.program.eval(a)
	if err != nil {
		return Content{}, false, err
	}
	kind := ContentText
	switch v := v.(type) {
	case types.Null:
		return Content{}, false, nil
	case types.Bytes:
		return Content{v, ContentBytes}, true, nil
	case *object:
		return Content{v.raw, ContentJSON}, true, nil
	case *array:
		return Content{v.raw, ContentJSON}, true, nil
	case *number.Written:
		return Content{v.Raw, ContentJSON}, true, nil
	case types.Double:
		if f := float64(v); !math.IsNaN(f) && !math.IsInf(f, 0) {
			kind = ContentJSON
		}
	case types.Int, types.Uint, types.Bool, traits.Mapper, traits.Lister:
		kind = ContentJSON
	}
	text, err := renderText(v)
	return Content{[]byte(text), kind}, err == nil, err
}

// JSON returns the value where it is a JSON document, else nil.
func (ev *Event) JSON() []byte {
	ev.Validate()
	return ev.Value.JSON
}
