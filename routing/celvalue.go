package routing

import (
	"math"
	"strconv"
	"unicode/utf8"
	"unsafe"

	"cel.dev/cel-go/common/types"
	"cel.dev/cel-go/common/types/ref"

	"github.com/sluice-bridge/sluice/codec"
)

// celValue is a record's value as expressions see it: lazily read JSON; what is no JSON as text,
// or as bytes where it is not UTF-8; null where there is none.
func celValue(m *meter, v codec.Value) ref.Val {
	switch {
	case v.JSON != nil:
		return jsonValue(m, v.JSON, skipSpace(v.JSON, 0))
	case v.Raw == nil:
		return types.NullValue
	case !v.Binary && utf8.Valid(v.Raw):
		return types.String(v.Raw)
	}
	return types.Bytes(v.Raw)
}

// jsonValue reads the value that starts at i. Objects and arrays stay unread.
func jsonValue(m *meter, b []byte, i int) ref.Val {
	if i >= len(b) {
		return types.NullValue
	}
	raw := b[i:valueEnd(b, i)]
	switch raw[0] {
	case '{':
		return &object{raw: raw, meter: m}
	case '[':
		return &array{raw: raw, meter: m}
	case '"':
		m.allocate(len(raw))
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

// jsonNumber is an int where it is written as one and fits, else a double, or a written where that
// means another number. CEL compares them by their values.
func jsonNumber(raw []byte) ref.Val {
	if n, ok := parseInt(raw); ok {
		return types.Int(n)
	}
	if f, exact := parseNumber(raw); exact {
		return types.Double(f)
	}
	f, err := strconv.ParseFloat(unsafe.String(unsafe.SliceData(raw), len(raw)), 64)
	if err != nil && f == 0 {
		return types.NewErr("%q is no number", raw)
	}
	return &written{types.Double(f), raw}
}

// parseInt is strconv.ParseInt for bytes, and without an error to allocate: a fraction is no
// failure here.
func parseInt(raw []byte) (int64, bool) {
	digits, negative := raw, false
	if len(raw) > 0 && raw[0] == '-' {
		digits, negative = raw[1:], true
	}
	if len(digits) == 0 {
		return 0, false
	}
	var n uint64
	for _, c := range digits {
		if c < '0' || c > '9' || n > (math.MaxUint64-9)/10 {
			return 0, false
		}
		n = n*10 + uint64(c-'0')
	}
	if negative {
		return -int64(n), n <= 1<<63
	}
	return int64(n), n < 1<<63
}
