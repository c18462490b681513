package number

import (
	"cmp"
	"math"
	"strconv"

	"cel.dev/cel-go/common/types"
	"cel.dev/cel-go/common/types/ref"

	"github.com/sluice-bridge/sluice/internal/decimal"
)

// Written is a number of the value that is no int, and that no double means or is as it is written,
// such as 12345678901234567890. What only passes it on gives what came; to CEL's functions it is the
// nearest double.
type Written struct {
	types.Double
	Raw     []byte
	decimal decimal.Decimal // of raw, which may be long and is compared often
}

// NewWritten returns the number that is written as raw, whose digits are d, and to which f is the nearest double.
func NewWritten(f float64, raw []byte, d decimal.Decimal) *Written {
	return &Written{types.Double(f), raw, d}
}

// Equal implements ref.Val.
func (w *Written) Equal(other ref.Val) ref.Val { return Equal(w, other) }

// Nearest returns a value as CEL's functions know it.
func Nearest(v ref.Val) ref.Val {
	if w, ok := v.(*Written); ok {
		return w.Double
	}
	return v
}

// Text is a number as it is written wherever an expression gives text; nil for what has no text of
// our own. CEL's is 1.23456789e+06.
func Text(v ref.Val) ref.Val {
	switch v := v.(type) {
	case *Written:
		return types.String(v.Raw)
	case types.Double:
		return types.String(DoubleText(float64(v)))
	}
	return nil
}

// IsWhole reports whether a value is an int or a uint.
func IsWhole(v ref.Val) bool {
	switch v.(type) {
	case types.Int, types.Uint:
		return true
	}
	return false
}

// BeyondDoubles reports whether two values are numbers that the nearest doubles may not tell apart:
// CEL compares those.
func BeyondDoubles(a, b ref.Val) bool {
	switch a := a.(type) {
	case *Written:
		_, ok := b.(*Written)
		return ok || IsWhole(b)
	case types.Double:
		return IsWhole(b) && !math.IsNaN(float64(a))
	case types.Int, types.Uint:
		return !IsWhole(b) && BeyondDoubles(b, a)
	}
	return false
}

// Compare compares two numbers, of which none is NaN. Only where one double is the nearest to
// both are their digits looked at.
func Compare(a, b ref.Val) int {
	order := cmp.Compare(Float(a), Float(b))
	if order != 0 || !BeyondDoubles(a, b) && !(IsWhole(a) && IsWhole(b)) {
		return order
	}
	var bufA, bufB [24]byte
	return DecimalOf(a, bufA[:0]).Compare(DecimalOf(b, bufB[:0]))
}

// Float returns the double that is nearest to a number, NaN for what is none.
func Float(v ref.Val) float64 {
	switch v := v.(type) {
	case types.Int:
		return float64(v)
	case types.Uint:
		return float64(v)
	case types.Double:
		return float64(v)
	case *Written:
		return float64(v.Double)
	}
	return math.NaN()
}

// DecimalOf returns a number's digits, which are put in buf where they do not stand yet. A double has
// to be whole and of at most 20 digits.
func DecimalOf(v ref.Val, buf []byte) decimal.Decimal {
	switch v := v.(type) {
	case *Written:
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

// DoubleText writes a double in the fewest decimals that mean it, with an exponent only from 1e21 up and below 1e-6.
func DoubleText(f float64) string {
	if abs := math.Abs(f); abs != 0 && (abs >= 1e21 || abs < 1e-6) {
		return strconv.FormatFloat(f, 'g', -1, 64)
	}
	return strconv.FormatFloat(f, 'f', -1, 64)
}
