package routing

import (
	"cmp"
	"math"
	"strconv"

	"cel.dev/cel-go/common/types"
	"cel.dev/cel-go/common/types/ref"

	"github.com/sluice-bridge/sluice/internal/decimal"
)

// written is a number of the value that is no int, and that no double means or is as it is written,
// such as 12345678901234567890. What only passes it on gives what came; to CEL's functions it is the
// nearest double.
type written struct {
	types.Double
	raw     []byte
	decimal decimal.Decimal // of raw, which may be long and is compared often
}

// newWritten returns the number that is written as raw, whose digits are d, and to which f is the nearest double.
func newWritten(f float64, raw []byte, d decimal.Decimal) *written {
	return &written{types.Double(f), raw, d}
}

// Equal implements ref.Val.
func (w *written) Equal(other ref.Val) ref.Val { return equalValues(w, other) }

// nearest returns a value as CEL's functions know it.
func nearest(v ref.Val) ref.Val {
	if w, ok := v.(*written); ok {
		return w.Double
	}
	return v
}

// numberText is a number as it is written wherever an expression gives text; nil for what has no text of
// our own. CEL's is 1.23456789e+06.
func numberText(v ref.Val) ref.Val {
	switch v := v.(type) {
	case *written:
		return types.String(v.raw)
	case types.Double:
		return types.String(renderDouble(float64(v)))
	}
	return nil
}

// whole reports whether a value is an int or a uint.
func whole(v ref.Val) bool {
	switch v.(type) {
	case types.Int, types.Uint:
		return true
	}
	return false
}

// beyondDoubles reports whether two values are numbers that the nearest doubles may not tell apart:
// CEL compares those.
func beyondDoubles(a, b ref.Val) bool {
	switch a := a.(type) {
	case *written:
		_, ok := b.(*written)
		return ok || whole(b)
	case types.Double:
		return whole(b) && !math.IsNaN(float64(a))
	case types.Int, types.Uint:
		return !whole(b) && beyondDoubles(b, a)
	}
	return false
}

// compareNumbers compares two numbers, of which none is NaN. Only where one double is the nearest to
// both are their digits looked at.
func compareNumbers(a, b ref.Val) int {
	order := cmp.Compare(float(a), float(b))
	if order != 0 || !beyondDoubles(a, b) && !(whole(a) && whole(b)) {
		return order
	}
	var bufA, bufB [24]byte
	return decimalOf(a, bufA[:0]).Compare(decimalOf(b, bufB[:0]))
}

// float returns the double that is nearest to a number, NaN for what is none.
func float(v ref.Val) float64 {
	switch v := v.(type) {
	case types.Int:
		return float64(v)
	case types.Uint:
		return float64(v)
	case types.Double:
		return float64(v)
	case *written:
		return float64(v.Double)
	}
	return math.NaN()
}

// decimalOf returns a number's digits, which are put in buf where they do not stand yet. A double has
// to be whole and of at most 20 digits.
func decimalOf(v ref.Val, buf []byte) decimal.Decimal {
	switch v := v.(type) {
	case *written:
		return v.decimal
	case types.Int:
		buf = strconv.AppendInt(buf, int64(v), 10)
	case types.Uint:
		buf = strconv.AppendUint(buf, uint64(v), 10)
	case types.Double:
		buf = strconv.AppendFloat(buf, float64(v), 'f', 0, 64)
	}
	return decimal.Parse(buf)
}

func renderDouble(f float64) string {
	if abs := math.Abs(f); abs != 0 && (abs >= 1e21 || abs < 1e-6) {
		return strconv.FormatFloat(f, 'g', -1, 64)
	}
	return strconv.FormatFloat(f, 'f', -1, 64)
}
