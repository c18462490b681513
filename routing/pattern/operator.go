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
func (t *matcher) match(l *value) bool {
	switch t.op {
	case opExact:
		return t.kind == l.kind && t.equal(l)
	case opAnythingBut:
		for i := range t.not {
			if t.not[i].match(l) {
				return false
			}
		}
		return true
	case opNumeric:
		return l.kind == kindNumber && l.exact && t.span.contains(l.num)
	case opExists:
		return t.want
	}
	if l.kind != kindString {
		return false
	}
	switch t.op {
	case opPrefix:
		return bytes.HasPrefix(l.text, t.text)
	case opSuffix:
		return bytes.HasSuffix(l.text, t.text)
	case opEqualsIgnoreCase:
		return t.fold.equal(l.text)
	case opPrefixIgnoreCase:
		return t.fold.prefix(l.text) >= 0
	case opSuffixIgnoreCase:
		return t.fold.suffix(l.text)
	case opWildcard:
		return t.glob.match(l.text)
	case opAddress:
		a, ok := parseAddress(l.text)
		return ok && t.block.contains(a)
	}
	return false
}

// equal compares an exact value with one of its kind.
func (t *matcher) equal(l *value) bool {
	switch {
	case t.kind == kindString:
		return bytes.Equal(t.text, l.text)
	case t.kind != kindNumber:
		return true
	case t.exact:
		return l.exact && t.num == l.num
	}
	return bytes.Equal(t.text, l.text)
}

// field is a path of a pattern and the tests of which one must pass.
type field struct {
	name     string   // as the pattern has it, with dots between the keys
	path     []string // the name at its dots
	header   bool
	place    string // "rules[0].match.type"
	slot     int32
	matchers []matcher
	absent   bool // one of the tests wants the field to be absent
	// weight and scans are those of all tests.
	weight, scans int
}

func (f *field) match(l *value) bool {
	for i := range f.matchers {
		if f.matchers[i].match(l) {
			return true
		}
	}
	return false
}
