package expr

import (
	"encoding/base64"
	"errors"
	"fmt"
	"math"
	"slices"
	"strconv"
	"strings"
	"time"

	"cel.dev/cel-go/common/types"
	"cel.dev/cel-go/common/types/ref"
	"cel.dev/cel-go/common/types/traits"

	"github.com/sluice-bridge/sluice/codec/jsontext"
	"github.com/sluice-bridge/sluice/routing/expr/number"
)

// renderText writes the result of an expression as text; see Expression.Eval.
func renderText(v ref.Val) (string, error) {
	switch v := v.(type) {
	case types.String:
		return string(v), nil
	case types.Int:
		return strconv.FormatInt(int64(v), 10), nil
	case types.Uint:
		return strconv.FormatUint(uint64(v), 10), nil
	case types.Double:
		return number.DoubleText(float64(v)), nil
	case *number.Written:
		return string(v.Raw), nil
	case types.Bool:
		return strconv.FormatBool(bool(v)), nil
	case types.Bytes:
		return base64.StdEncoding.EncodeToString(v), nil
	case types.Timestamp:
		return v.Time.UTC().Format(time.RFC3339Nano), nil
	case types.Duration:
		return strconv.FormatFloat(v.Duration.Seconds(), 'f', -1, 64) + "s", nil
	case *object:
		return string(v.raw), nil
	case *array:
		return string(v.raw), nil
	case traits.Mapper, traits.Lister:
		// Not CEL's own encoder, which writes whole numbers of more than 53 bits as texts, and some
		// characters in a way that is no JSON.
		text, err := appendJSON(nil, v)
		return string(text), err
	}
	return "", fmt.Errorf("the expression gives %s, which has no text form", v.Type().TypeName())
}

// maxDocument is how large a document may get that an expression makes. No queue or topic takes as
// much, and a few words can multiply a value.
const maxDocument = 4 << 20

var errLargeDocument = errors.New("the expression gives more than 4 MiB, and no queue or topic takes as much; name the fields that are wanted")

// appendJSON writes a list or map, and what is in it, as JSON. What comes from the event's value is
// written as it came, numbers that the expression makes in the fewest digits.
func appendJSON(b []byte, v ref.Val) ([]byte, error) {
	if len(b) > maxDocument {
		return nil, errLargeDocument
	}
	switch v := v.(type) {
	case types.Null:
		return append(b, "null"...), nil
	case *object:
		return append(b, v.raw...), nil
	case *array:
		return append(b, v.raw...), nil
	case *number.Written:
		return append(b, v.Raw...), nil
	case types.String:
		return jsontext.AppendText(b, string(v)), nil
	case types.Bytes:
		b = base64.StdEncoding.AppendEncode(append(b, '"'), v)
		return append(b, '"'), nil
	case types.Double:
		if f := float64(v); math.IsNaN(f) || math.IsInf(f, 0) {
			return nil, fmt.Errorf("the expression gives %v within a list or map, and JSON has no such number", f)
		}
	case traits.Mapper:
		return appendJSONMap(b, v)
	case traits.Lister:
		return appendJSONList(b, v)
	case types.Int, types.Uint, types.Bool:
	default:
		text, err := renderText(v)
		return jsontext.AppendText(b, text), err
	}
	text, err := renderText(v)
	return append(b, text...), err
}

func appendJSONList(b []byte, list traits.Lister) (_ []byte, err error) {
	b = append(b, '[')
	for it, first := list.Iterator(), true; it.HasNext() == types.True; first = false {
		if !first {
			b = append(b, ',')
		}
		if b, err = appendJSON(b, it.Next()); err != nil {
			return nil, err
		}
	}
	return append(b, ']'), nil
}

// appendJSONMap sorts the keys: a map that an expression makes has no order.
func appendJSONMap(b []byte, m traits.Mapper) (_ []byte, err error) {
	type member struct {
		name string
		Key  ref.Val
	}
	var members []member
	for it := m.Iterator(); it.HasNext() == types.True; {
		key := it.Next()
		name, err := renderText(key)
		if err != nil {
			return nil, err
		}
		members = append(members, member{name, key})
	}
	slices.SortFunc(members, func(x, y member) int { return strings.Compare(x.name, y.name) })
	b = append(b, '{')
	for i, at := range members {
		if i > 0 {
			b = append(b, ',')
		}
		b = append(jsontext.AppendText(b, at.name), ':')
		value, _ := m.Find(at.Key)
		if b, err = appendJSON(b, value); err != nil {
			return nil, err
		}
	}
	return append(b, '}'), nil
}
