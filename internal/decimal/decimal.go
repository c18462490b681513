package decimal

import "cmp"

// Decimal is a number in JSON syntax as its digits and their place, however it is written. It
// holds on to the text and allocates nothing.
type Decimal struct {
	digits   []byte // from the first to the last digit that is not zero; may contain the point
	Exponent int64  // value = 0.d1d2d3… × 10^exponent
	written  int64  // what stands after the e
	negative bool
}

// maxExponent bounds what is read after the e; beyond it no number means anything.
const maxExponent = 1 << 40

// Parse takes a number in JSON syntax apart.
func Parse(text []byte) Decimal {
	var d Decimal
	i := 0
	if i < len(text) && (text[i] == '-' || text[i] == '+') {
		d.negative = text[i] == '-'
		i++
	}
	first, last, point, count := -1, -1, false, int64(0)
	for ; i < len(text) && text[i] != 'e' && text[i] != 'E'; i++ {
		switch c := text[i]; {
		case c == '.':
			point = true
			continue
		case c != '0':
			if first < 0 {
				first = i
			}
			last = i
		}
		switch {
		case first >= 0 && !point:
			count++
		case first < 0 && point:
			count--
		}
	}
	if i < len(text) {
		d.written = parseExponent(text[i+1:])
	}
	if first < 0 {
		return Decimal{written: d.written}
	}
	d.digits = text[first : last+1]
	d.Exponent = count + d.written
	return d
}

func parseExponent(text []byte) int64 {
	negative := false
	if len(text) > 0 && (text[0] == '-' || text[0] == '+') {
		negative = text[0] == '-'
		text = text[1:]
	}
	var n int64
	for _, c := range text {
		if c < '0' || c > '9' {
			break
		}
		n = min(n*10+int64(c-'0'), maxExponent)
	}
	if negative {
		return -n
	}
	return n
}

// Equal reports whether two decimals mean one number.
func (a Decimal) Equal(b Decimal) bool { return a.Compare(b) == 0 }

// Compare returns -1, 0 or 1 as a number is less than another, the same or greater.
func (a Decimal) Compare(b Decimal) int {
	sign := a.sign()
	if order := cmp.Compare(sign, b.sign()); order != 0 || sign == 0 {
		return order
	}
	if order := cmp.Compare(a.Exponent, b.Exponent); order != 0 {
		return sign * order
	}
	return sign * compareDigits(a.digits, b.digits)
}

func (a Decimal) sign() int {
	switch {
	case len(a.digits) == 0:
		return 0
	case a.negative:
		return -1
	}
	return 1
}

// compareDigits compares two runs of digits that begin at one place, stepping over the points.
func compareDigits(a, b []byte) int {
	for {
		if len(a) > 0 && a[0] == '.' {
			a = a[1:]
		}
		if len(b) > 0 && b[0] == '.' {
			b = b[1:]
		}
		switch {
		case len(a) == 0 || len(b) == 0:
			return cmp.Compare(len(a), len(b))
		case a[0] != b[0]:
			return cmp.Compare(a[0], b[0])
		}
		a, b = a[1:], b[1:]
	}
}
