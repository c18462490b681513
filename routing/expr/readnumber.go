package expr

import (
	"math"
	"strconv"
	"unsafe"

	"cel.dev/cel-go/common/types"
	"cel.dev/cel-go/common/types/ref"

	"github.com/sluice-bridge/sluice/internal/decimal"
	"github.com/sluice-bridge/sluice/routing/expr/interp"
	"github.com/sluice-bridge/sluice/routing/expr/number"
)

// jsonNumber is an int where it is written as one and fits, else a double, or a written where that
// means another number. CEL compares them by their values.
func jsonNumber(m *interp.Meter, raw []byte) ref.Val {
	if n, ok := parseInt(raw); ok {
		return types.Int(n)
	}
	if f, exact := decimal.Float(raw); exact && ownDigits(f, raw) {
		_, exponent := math.Frexp(f)
		m.Spend(distanceWork * max(exponent, -exponent))
		return types.Double(f)
	}
	d := decimal.Parse(raw)
	m.Spend(distanceWork * 4 * int(min(max(d.Exponent, -d.Exponent), maxScale)))
	f, err := strconv.ParseFloat(unsafe.String(unsafe.SliceData(raw), len(raw)), 64) //nolint:gosec // not kept
	if err != nil && f == 0 {
		return types.NewErr("%q is not a number", raw)
	}
	return number.NewWritten(f, raw, d)
}

// ownDigits reports whether the number that a double is, which is compared with ints, is the one that
// is written. The fewest digits that mean the double need not be its own where it is large.
func ownDigits(f float64, raw []byte) bool {
	if abs := math.Abs(f); abs < 1<<53 || abs > 1<<64 {
		return true
	}
	var buf [24]byte
	return number.DecimalOf(types.Double(f), buf[:0]).Equal(decimal.Parse(raw))
}

const (
	// distanceWork is the work of reading a number for each power of two that it is away from 1: some
	// numbers are shifted all that way.
	distanceWork = 6
	// maxScale is the power of ten from which on a number is no double.
	maxScale = 400
)

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
