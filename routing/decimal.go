package routing

import "cmp"

// decimal is a JSON number compared by its exact value, however it is written: 100, 100.0 and
// 1e2 are one number, and 0.1 is not rounded. It holds on to the text and allocates nothing.
type decimal struct {
	digits   []byte // from the first to the last digit that is not zero; may contain the point
	exponent int64  // value = 0.d1d2d3… × 10^exponent
	negative bool
}

// maxExponent bounds what is written after the e; beyond it all numbers of a sign are alike.
const maxExponent = 1 << 40

// parseDecimal reads a number in JSON syntax.
func parseDecimal(text []byte) decimal {
	var d decimal
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
	if first < 0 {
		return decimal{}
	}
	d.digits = text[first : last+1]
	d.exponent = count
	if i < len(text) {
		d.exponent += parseExponent(text[i+1:])
	}
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

// compare returns -1, 0 or 1 as a is less than, equal to or greater than b.
func (a decimal) compare(b decimal) int {
	if sa, sb := a.sign(), b.sign(); sa != sb || sa == 0 {
		return cmp.Compare(sa, sb)
	}
	order := cmp.Compare(a.exponent, b.exponent)
	if order == 0 {
		order = compareDigits(a.digits, b.digits)
	}
	if a.negative {
		return -order
	}
	return order
}

func (a decimal) sign() int {
	switch {
	case len(a.digits) == 0:
		return 0
	case a.negative:
		return -1
	}
	return 1
}

// compareDigits compares two runs of digits as fractions, stepping over the points.
func compareDigits(a, b []byte) int {
	for {
		if len(a) > 0 && a[0] == '.' {
			a = a[1:]
		}
		if len(b) > 0 && b[0] == '.' {
			b = b[1:]
		}
		if len(a) == 0 || len(b) == 0 {
			return cmp.Compare(len(a), len(b))
		}
		if a[0] != b[0] {
			return cmp.Compare(a[0], b[0])
		}
		a, b = a[1:], b[1:]
	}
}
