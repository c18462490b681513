package match

import "errors"

const (
	// valueWork is the work of looking at a value, matcherWork that of a test of it.
	valueWork   = 32
	matcherWork = 16
	// stepWork is that of a step through the arrays and objects around values.
	stepWork = 4
)

var errPatternWork = errors.New("the patterns take too much work on this event, which has too many elements in its arrays for so many rules; let fewer patterns ask for fields within arrays")

// exhausted says that the patterns have done all that they may.
func (x *extraction) exhausted() bool { return x.work >= x.limit }

// weighMatchers sets how much work matchers are.
func weighMatchers(all []Matcher) (weight, scans int) {
	for i := range all {
		m := &all[i]
		m.weight, m.scans = 1, 0
		switch m.op {
		case opWildcard:
			m.scans = 1
		case opAnythingBut:
			m.weight, m.scans = weighMatchers(m.not)
		}
		weight, scans = weight+m.weight, scans+m.scans
	}
	return weight, scans
}

// cost is the work of a test of a value.
func (m *Matcher) cost(v *value) int { return matcherWork*m.weight + m.scans*len(v.text)/2 }

// cost is the work of all tests of a value.
func (f *Field) cost(v *value) int { return valueWork + matcherWork*f.weight + f.scans*len(v.text)/2 }
