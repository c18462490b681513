package routing

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

// pow10 are the powers of ten that a double holds exactly.
var pow10 = [...]float64{1e0, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9, 1e10, 1e11,
	1e12, 1e13, 1e14, 1e15, 1e16, 1e17, 1e18, 1e19, 1e20, 1e21, 1e22}

// parseNumber reads a number in JSON syntax. It returns false where no double means it exactly.
func parseNumber(text []byte) (float64, bool) {
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
			return parseLongNumber(text)
		}
		if point {
			scale--
		}
	}
	if i < len(text) {
		e := parseExponent(text[i+1:])
		if e > 1000 || e < -1000 {
			return parseLongNumber(text)
		}
		scale += int(e)
	}
	f := float64(mantissa)
	switch {
	case mantissa == 0:
		return 0, true
	case scale < -22 || scale > 22:
		return parseLongNumber(text)
	case scale < 0:
		// One correctly rounded operation on two exact numbers gives the nearest double.
		f /= pow10[-scale]
	default:
		f *= pow10[scale]
	}
	if negative {
		f = -f
	}
	return f, true
}

// parseLongNumber is parseNumber for any number. The exponents that it refuses outright are those
// that Java's BigDecimal cannot hold.
func parseLongNumber(text []byte) (float64, bool) {
	d := parseDecimal(text)
	if d.written > math.MaxInt32 || d.written < -math.MaxInt32 {
		return 0, false
	}
	if len(d.digits) == 0 {
		return 0, true
	}
	if d.exponent > 310 || d.exponent < -330 {
		return 0, false
	}
	f, err := strconv.ParseFloat(unsafe.String(unsafe.SliceData(text), len(text)), 64)
	if err != nil {
		return 0, false
	}
	var buf [32]byte
	if !parseDecimal(strconv.AppendFloat(buf[:0], f, 'e', -1, 64)).equal(d) {
		return 0, false
	}
	return f, true
}
