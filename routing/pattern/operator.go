package pattern

import "bytes"

// matcher is one alternative of a field's list: an exact value or an operator.
type matcher struct {
	op   operator
	kind kind   // opExact
	text []byte // as written
	// exact says that num is the number of an opExact; else text is.
	exact bool
	num   float64
	span  span       // opNumeric
	fold  foldedText // the operators that ignore case
	glob  glob       // opWildcard
	block network    // opAddress
	not   []matcher  // opAnythingBut: none may match
	want  bool       // opExists
	// weight is how many tests it is, with those within, and scans how many of them go over a whole text.
	weight, scans int
}

type operator uint8

const (
	opExact operator = iota
	opPrefix
	opSuffix
	opEqualsIgnoreCase
	opPrefixIgnoreCase
	opSuffixIgnoreCase
	opWildcard
	opAnythingBut
	opNumeric
	opAddress
	opExists
)

// span is a range of numbers; an open end does not belong to it.
type span struct {
	low, high         float64
	openLow, openHigh bool
}

func (s *span) contains(n float64) bool {
	return (n > s.low || n == s.low && !s.openLow) && (n < s.high || n == s.high && !s.openHigh)
}

// match reports whether a value passes. Only a test for absence passes without a value, which is
// not asked here.
func (m *matcher) match(v *value) bool {
	switch m.op {
	case opExact:
		return m.kind == v.kind && m.equal(v)
	case opAnythingBut:
		for i := range m.not {
			if m.not[i].match(v) {
				return false
			}
		}
		return true
	case opNumeric:
		return v.kind == kindNumber && v.exact && m.span.contains(v.num)
	case opExists:
		return m.want
	}
	if v.kind != kindString {
		return false
	}
	switch m.op {
	case opPrefix:
		return bytes.HasPrefix(v.text, m.text)
	case opSuffix:
		return bytes.HasSuffix(v.text, m.text)
	case opEqualsIgnoreCase:
		return m.fold.equal(v.text)
	case opPrefixIgnoreCase:
		return m.fold.prefix(v.text) >= 0
	case opSuffixIgnoreCase:
		return m.fold.suffix(v.text)
	case opWildcard:
		return m.glob.match(v.text)
	case opAddress:
		a, ok := parseAddress(v.text)
		return ok && m.block.contains(a)
	}
	return false
}

// equal compares an exact value with one of its kind.
func (m *matcher) equal(v *value) bool {
	switch {
	case m.kind == kindString:
		return bytes.Equal(m.text, v.text)
	case m.kind != kindNumber:
		return true
	case m.exact:
		return v.exact && m.num == v.num
	}
	return bytes.Equal(m.text, v.text)
}
