package match

import (
	"slices"
	"unicode/utf16"
)

// Branch is one way for a pattern to match: all its fields must. A pattern without $or has one.
type Branch []Field

// Field is a path of a pattern and the tests of which one must pass.
type Field struct {
	name     string   // as the pattern has it, with dots between the keys
	path     []string // the name at its dots
	header   bool
	location string // "rules[0].match.type"
	slot     int32
	matchers []Matcher
	absent   bool // one of the tests wants the field to be absent
	// weight and scans are those of all tests.
	weight, scans int
}

func (f *Field) match(v *value) bool {
	for i := range f.matchers {
		if f.matchers[i].match(v) {
			return true
		}
	}
	return false
}

// NewField returns a field without a slot; see Slots. The path is its name at the dots, of a header all of it.
func NewField(name string, path []string, header bool, location string, matchers []Matcher) Field {
	f := Field{name: name, path: path, header: header, location: location, matchers: matchers}
	f.absent = slices.ContainsFunc(matchers, func(m Matcher) bool { return m.op == opExists && !m.want })
	f.weight, f.scans = weighMatchers(matchers)
	return f
}

// Name is the path as the pattern has it.
func (f *Field) Name() string { return f.name }

// SortFields puts fields in the order of their names.
func SortFields(b Branch) {
	slices.SortFunc(b, func(x, y Field) int { return compareNames(x.name, y.name) })
}

// compareNames orders names as Java does, by UTF-16: the order decides which array elements are
// settled when the absence of a field is looked at.
func compareNames(a, b string) int {
	return slices.Compare(utf16.Encode([]rune(a)), utf16.Encode([]rune(b)))
}
