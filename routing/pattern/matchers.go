package pattern

import "github.com/sluice-bridge/sluice/internal/decimal"

// matchNull takes null.
func matchNull() matcher { return matcher{kind: kindNull} }

// matchBool takes true, or false.
func matchBool(b bool) matcher {
	if b {
		return matcher{kind: kindTrue}
	}
	return matcher{kind: kindFalse}
}

// matchText takes this text.
func matchText(s string) matcher { return matcher{kind: kindString, text: []byte(s)} }

// matchNumber takes what means the number that is written so, in JSON syntax; see package decimal.
func matchNumber(text string) matcher {
	m := matcher{kind: kindNumber, text: []byte(text)}
	m.num, m.exact = decimal.Float(m.text)
	return m
}

// matchPrefix takes texts that begin so.
func matchPrefix(s string) matcher { return matcher{op: opPrefix, text: []byte(s)} }

// matchSuffix takes texts that end so.
func matchSuffix(s string) matcher { return matcher{op: opSuffix, text: []byte(s)} }

// matchEqualFold takes this text in whatever case.
func matchEqualFold(s string) matcher {
	return matcher{op: opEqualsIgnoreCase, text: []byte(s), fold: foldText(s)}
}

// matchPrefixFold takes texts that begin so in whatever case.
func matchPrefixFold(s string) matcher {
	return matcher{op: opPrefixIgnoreCase, text: []byte(s), fold: foldText(s)}
}

// matchSuffixFold takes texts that end so in whatever case.
func matchSuffixFold(s string) matcher {
	return matcher{op: opSuffixIgnoreCase, text: []byte(s), fold: foldText(s)}
}

// matchWildcard takes texts with any text where a * is. The error is one sentence.
func matchWildcard(s string) (matcher, error) {
	g, err := parseGlob(s)
	return matcher{op: opWildcard, text: []byte(s), glob: g}, err
}

// matchRange takes the numbers of a span.
func matchRange(s span) matcher { return matcher{op: opNumeric, span: s} }

// matchNetwork takes texts that are addresses of a block; written is how that is written.
func matchNetwork(written string, block network) matcher {
	return matcher{op: opAddress, text: []byte(written), block: block}
}

// matchNone takes what none of the others takes.
func matchNone(others []matcher) matcher { return matcher{op: opAnythingBut, not: others} }

// matchExists takes any value, or else that the field is absent.
func matchExists(want bool) matcher { return matcher{op: opExists, want: want} }

// IsNull reports whether it takes null only.
func (m *matcher) IsNull() bool { return m.op == opExact && m.kind == kindNull }

// IsText reports whether it takes one text only.
func (m *matcher) IsText() bool { return m.op == opExact && m.kind == kindString }

// IsNumber reports whether it takes one number only; exact says that it is one a double holds as it is written.
func (m *matcher) IsNumber() (number, exact bool) {
	return m.op == opExact && m.kind == kindNumber, m.exact
}
