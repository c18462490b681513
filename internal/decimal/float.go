package decimal

import (
	"math"
	"strconv"
	"unsafe"
)

// Numbers match as in Event Ruler: by value, as long as a double holds the number exactly as it is
// written (its shortest decimal form means the same number). So 100, 100.0 and 1e2 are one number,
// and so is every number of up to 15 digits. The others, such as 9007199254740993 or a 20-digit
// account number, match only what is written in the same way, and no range.

// maxMantissa has 15 digits, of which a double tells all apart.
const maxMantissa = 1e15

// powersOfTen are the powers of ten that a double holds exactly.
var powersOfTen = [...]float64{1e0, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9, 1e10, 1e11,
	1e12, 1e13, 1e14, 1e15, 1e16, 1e17, 1e18, 1e19, 1e20, 1e21, 1e22}

// Float reads a number in JSON syntax. It returns false where no double means it exactly.
func Float(text []byte) (float64, bool) {
	i, negative := 0, false
	if len(text) > 0 && text[0] == '-' {
		i, negative = 1, true
	}
	var mantissa uint64
	scale := 0
	for point := false; i < len(text); i++ {
		c := text[i]
		if c == '.' && !point {
			point = true
			continue
		}
		if c < '0' || c > '9' {
			break
		}
		if mantissa = mantissa*10 + uint64(c-'0'); mantissa >= maxMantissa {
			return longFloat(text)
		}
		if point {
			scale--
		}
	}
	if i < len(text) {
		e := parseExponent(text[i+1:])
		if e > 1000 || e < -1000 {
			return longFloat(text)
		}
		scale += int(e)
	}
	f := float64(mantissa)
	switch {
	case mantissa == 0:
		return 0, true
	case scale < -22 || scale > 22:
		return longFloat(text)
	case scale < 0:
		// One correctly rounded operation on two exact numbers gives the nearest double.
		f /= powersOfTen[-scale]
	default:
		f *= powersOfTen[scale]
	}
	if negative {
		f = -f
	}
	return f, true
}

const (
	// mostDigits are in the shortest decimal form of a double, which a number has to be to be held exactly.
	mostDigits = 17
	// The powers of ten, as in 0.1 × 10^n, of the least double, of the least that is not subnormal, and of
	// the greatest.
	leastExponent, leastNormal, greatestExponent = -323, -307, 309
)

// greatestDouble is the greatest double in its shortest form.
var greatestDouble = Parse([]byte("1.7976931348623157e308"))

// longFloat is Float for any number. The exponents that it refuses outright are those
// that Java's BigDecimal cannot hold.
func longFloat(text []byte) (float64, bool) {
	d := Parse(text)
	if d.written > math.MaxInt32 || d.written < -math.MaxInt32 {
		return 0, false
	}
	if len(d.digits) == 0 {
		return 0, true
	}
	// What strconv would take microseconds for is told without it: events may be full of such numbers.
	if d.Exponent > greatestExponent || d.Exponent < leastExponent || len(d.digits) > mostDigits+1 {
		return 0, false
	}
	digits, count := d.mantissa()
	switch magnitude := (Decimal{digits: d.digits, Exponent: d.Exponent}); {
	case count > mostDigits, d.Exponent == greatestExponent && magnitude.Compare(greatestDouble) > 0:
		return 0, false
	case d.Exponent <= leastNormal:
		f, ok := smallFloat(magnitude, digits, count)
		if d.negative && ok {
			f = -f
		}
		return f, ok
	}
	f, err := strconv.ParseFloat(unsafe.String(unsafe.SliceData(text), len(text)), 64) //nolint:gosec // not kept
	return f, err == nil && d.isShortest(f)
}

// isShortest reports whether the shortest decimal form of a double means the number.
func (a Decimal) isShortest(f float64) bool {
	var buf [32]byte
	return Parse(strconv.AppendFloat(buf[:0], f, 'e', -1, 64)).Equal(a)
}

// mantissa returns the digits as a whole number, and how many there are.
func (a Decimal) mantissa() (digits uint64, count int) {
	for _, c := range a.digits {
		if c != '.' {
			digits, count = digits*10+uint64(c-'0'), count+1
		}
	}
	return digits, count
}

// smallFloat is longFloat for a positive number next to zero, where doubles have fewer digits
// and strconv takes a hundred times as long. The number is scaled to where that is quick and back, which
// comes out within two doubles of the nearest: the product is off by 2^-52 of itself at the most, which is
// two of their distances, and by half a distance for its rounding. The nearest is that whose shortest form
// means the number, where one's does.
func smallFloat(d Decimal, digits uint64, count int) (float64, bool) {
	const scale, back = 60, 1e-60
	var buf [48]byte
	text := append(strconv.AppendUint(buf[:0], digits, 10), 'e')
	text = strconv.AppendInt(text, d.Exponent-int64(count)+scale, 10)
	f, err := strconv.ParseFloat(unsafe.String(unsafe.SliceData(text), len(text)), 64) //nolint:gosec // not kept
	if err != nil {
		return 0, false
	}
	const near = 2
	about := int64(math.Float64bits(f * back)) //nolint:gosec // it is positive
	for at := max(about-near, 1); at <= about+near; at++ {
		f = math.Float64frombits(uint64(at))
		if d.isShortest(f) {
			return f, true
		}
	}
	return 0, false
}
