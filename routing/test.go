package routing

import "bytes"

// test is one alternative of a field's list: an exact value or an operator.
type test struct {
	op     operator
	kind   kind
	text   []byte
	num    decimal
	bounds []bound // numeric: all must hold
	not    []test  // anything-but: none may match
	want   bool    // exists
}

type operator uint8

const (
	opExact operator = iota
	opPrefix
	opSuffix
	opEqualsIgnoreCase
	opAnythingBut
	opNumeric
	opExists
)

// bound is one comparison of a numeric test. The value must compare as lo or as hi.
type bound struct {
	lo, hi int
	num    decimal
}

// match reports whether a value passes. Only a test for absence passes without a value, which is
// not asked here.
func (t *test) match(l *leaf) bool {
	switch t.op {
	case opExact:
		switch {
		case t.kind != l.kind:
			return false
		case t.kind == kindString:
			return bytes.Equal(t.text, l.text)
		case t.kind == kindNumber:
			return t.num.compare(l.num) == 0
		}
		return true
	case opPrefix:
		return l.kind == kindString && bytes.HasPrefix(l.text, t.text)
	case opSuffix:
		return l.kind == kindString && bytes.HasSuffix(l.text, t.text)
	case opEqualsIgnoreCase:
		return l.kind == kindString && bytes.EqualFold(l.text, t.text)
	case opAnythingBut:
		for i := range t.not {
			if t.not[i].match(l) {
				return false
			}
		}
		return true
	case opNumeric:
		if l.kind != kindNumber {
			return false
		}
		for i := range t.bounds {
			if c := l.num.compare(t.bounds[i].num); c != t.bounds[i].lo && c != t.bounds[i].hi {
				return false
			}
		}
		return true
	case opExists:
		return t.want
	}
	return false
}

// field is a path of a rule's match and the tests of which one must pass.
type field struct {
	path  []string
	slot  int32
	tests []test
}

func (f *field) match(l *leaf) bool {
	if l.kind == kindGone {
		return false
	}
	for i := range f.tests {
		if f.tests[i].match(l) {
			return true
		}
	}
	return false
}

// matchAbsent reports whether the field may be absent.
func (f *field) matchAbsent() bool {
	for i := range f.tests {
		if f.tests[i].op == opExists && !f.tests[i].want {
			return true
		}
	}
	return false
}
