package routing

import "errors"

const (
	// leafWork is the work of looking at a value, testWork that of a test of it.
	leafWork = 32
	testWork = 16
	// stepWork is that of a step through the arrays and objects around values.
	stepWork = 4
)

var errPatternWork = errors.New("the patterns take too much work on this event, which has too many elements in its arrays for so many rules; let fewer patterns ask for fields within arrays")

// exhausted says that the patterns have done all that they may.
func (x *extraction) exhausted() bool { return x.work >= x.limit }

// weigh sets how much work tests are.
func weigh(tests []test) (weight, scans int) {
	for i := range tests {
		t := &tests[i]
		t.weight, t.scans = 1, 0
		switch t.op {
		case opWildcard:
			t.scans = 1
		case opAnythingBut:
			t.weight, t.scans = weigh(t.not)
		}
		weight, scans = weight+t.weight, scans+t.scans
	}
	return weight, scans
}

// cost is the work of a test of a value.
func (t *test) cost(l *leaf) int { return testWork*t.weight + t.scans*len(l.text)/2 }

// cost is the work of all tests of a value.
func (f *field) cost(l *leaf) int { return leafWork + testWork*f.weight + f.scans*len(l.text)/2 }
