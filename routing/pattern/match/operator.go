package match

import (
	"bytes"

	"github.com/sluice-bridge/sluice/routing/pattern/ip"
)

// Matcher is one alternative of a field's list: an exact value or an operator.
type Matcher struct {
	op   operator
	kind kind   // opExact
	text []byte // as written
	// exact says that num is the number of an opExact; else text is.
	exact bool
	num   float64
	span  Span       // opNumeric
	fold  foldedText // the operators that ignore case
	glob  glob       // opWildcard
	block ip.Network // opAddress
	not   []Matcher  // opAnythingBut: none may match
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

// Span is a range of numbers; an open end does not belong to it.
type Span struct {
	Low, High         float64
	OpenLow, OpenHigh bool
}

func (s *Span) contains(n float64) bool {
	return (n > s.Low || n == s.Low && !s.OpenLow) && (n < s.High || n == s.High && !s.OpenHigh)
}

// match reports whether a value passes. Only a matcher for absence passes without a value, which is
// not asked here.
func (m *Matcher) match(v *value) bool {
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
		a, ok := ip.Parse(v.text)
		return ok && m.block.Contains(a)
	}
	return false
}

// equal compares an exact value with one of its kind.
func (m *Matcher) equal(v *value) bool {
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
