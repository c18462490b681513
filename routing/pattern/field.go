package pattern

import (
	"slices"
	"unicode/utf16"
)

// branch is one way for a pattern to match: all its fields must. A pattern without $or has one.
type branch []field

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

func (f *field) match(v *value) bool {
	for i := range f.matchers {
		if f.matchers[i].match(v) {
			return true
		}
	}
	return false
}

// newField returns a field without a slot; see Slots. The path is its name at the dots, of a header all of it.
func newField(name string, path []string, header bool, place string, matchers []matcher) field {
	f := field{name: name, path: path, header: header, place: place, matchers: matchers}
	f.absent = slices.ContainsFunc(matchers, func(m matcher) bool { return m.op == opExists && !m.want })
	f.weight, f.scans = weighMatchers(matchers)
	return f
}

// Name is the path as the pattern has it.
func (f *field) Name() string { return f.name }

// sortFields puts fields in the order of their names.
func sortFields(b branch) {
	slices.SortFunc(b, func(x, y field) int { return compareNames(x.name, y.name) })
}

// compareNames orders names as Java does, by UTF-16: the order decides which array elements are
// settled when the absence of a field is looked at.
func compareNames(a, b string) int {
	return slices.Compare(utf16.Encode([]rune(a)), utf16.Encode([]rune(b)))
}
