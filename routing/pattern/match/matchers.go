package match

import (
	"github.com/sluice-bridge/sluice/internal/decimal"
	"github.com/sluice-bridge/sluice/routing/pattern/ip"
)

// Null takes null.
func Null() Matcher { return Matcher{kind: kindNull} }

// Bool takes true, or false.
func Bool(b bool) Matcher {
	if b {
		return Matcher{kind: kindTrue}
	}
	return Matcher{kind: kindFalse}
}

// Text takes this text.
func Text(s string) Matcher { return Matcher{kind: kindString, text: []byte(s)} }

// Number takes what means the number that is written so, in JSON syntax; see package decimal.
func Number(text string) Matcher {
	m := Matcher{kind: kindNumber, text: []byte(text)}
	m.num, m.exact = decimal.Float(m.text)
	return m
}

// Prefix takes texts that begin so.
func Prefix(s string) Matcher { return Matcher{op: opPrefix, text: []byte(s)} }

// Suffix takes texts that end so.
func Suffix(s string) Matcher { return Matcher{op: opSuffix, text: []byte(s)} }

// EqualFold takes this text in whatever case.
func EqualFold(s string) Matcher {
	return Matcher{op: opEqualsIgnoreCase, text: []byte(s), fold: foldText(s)}
}

// PrefixFold takes texts that begin so in whatever case.
func PrefixFold(s string) Matcher {
	return Matcher{op: opPrefixIgnoreCase, text: []byte(s), fold: foldText(s)}
}

// SuffixFold takes texts that end so in whatever case.
func SuffixFold(s string) Matcher {
	return Matcher{op: opSuffixIgnoreCase, text: []byte(s), fold: foldText(s)}
}

// Wildcard takes texts with any text where a * is. The error is one sentence.
func Wildcard(s string) (Matcher, error) {
	g, err := parseGlob(s)
	return Matcher{op: opWildcard, text: []byte(s), glob: g}, err
}

// Range takes the numbers of a span.
func Range(s Span) Matcher { return Matcher{op: opNumeric, span: s} }

// Network takes texts that are addresses of a block; written is how that is written.
func Network(written string, block ip.Network) Matcher {
	return Matcher{op: opAddress, text: []byte(written), block: block}
}

// None takes what none of the others takes.
func None(others []Matcher) Matcher { return Matcher{op: opAnythingBut, not: others} }

// Exists takes any value, or else that the field is absent.
func Exists(want bool) Matcher { return Matcher{op: opExists, want: want} }

// IsNull reports whether it takes null only.
func (m *Matcher) IsNull() bool { return m.op == opExact && m.kind == kindNull }

// IsText reports whether it takes one text only.
func (m *Matcher) IsText() bool { return m.op == opExact && m.kind == kindString }

// IsNumber reports whether it takes one number only; exact says that it is one a double holds as it is written.
func (m *Matcher) IsNumber() (number, exact bool) {
	return m.op == opExact && m.kind == kindNumber, m.exact
}
