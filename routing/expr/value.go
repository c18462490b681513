package expr

import (
	"unicode/utf8"

	"cel.dev/cel-go/common/types"
	"cel.dev/cel-go/common/types/ref"

	"github.com/sluice-bridge/sluice/codec"
	"github.com/sluice-bridge/sluice/internal/jsonscan"
	"github.com/sluice-bridge/sluice/routing/expr/interp"
)

// celValue is a record's value as expressions see it: lazily read JSON; what is no JSON as text,
// or as bytes where it is not UTF-8; null where there is none.
func celValue(m *interp.Meter, v codec.Value) ref.Val {
	switch {
	case v.JSON != nil:
		return jsonValue(m, v.JSON, jsonscan.SkipSpace(v.JSON, 0))
	case v.Raw == nil:
		return types.NullValue
	case !v.Binary && utf8.Valid(v.Raw):
		return types.String(v.Raw)
	}
	return types.Bytes(v.Raw)
}

// jsonValue reads the value that starts at i. Objects and arrays stay unread.
func jsonValue(m *interp.Meter, b []byte, i int) ref.Val {
	if i >= len(b) {
		return types.NullValue
	}
	raw := b[i:jsonscan.ValueEnd(b, i)]
	switch raw[0] {
	case '{':
		return &object{raw: raw, meter: m}
	case '[':
		return &array{raw: raw, meter: m}
	case '"':
		m.Allocate(len(raw))
		text, _ := jsonscan.Text(raw, nil)
		return types.String(text)
	case 't':
		return types.True
	case 'f':
		return types.False
	case 'n':
		return types.NullValue
	}
	return jsonNumber(m, raw)
}
