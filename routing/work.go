package routing

import "errors"

// RecordLimit is how much work all rules may do together on one event, in the unit of WorkLimit: some
// tenths of a second. The expressions of its messages may do as much again, so that what rules make of an
// event keeps nobody from getting it. Whatever is evaluated when that is used up fails.
const RecordLimit = 8 * WorkLimit

const (
	// leafWork is the work of looking at a value, testWork that of a test of it.
	leafWork = 32
	testWork = 16
	// stepWork is that of a step through the arrays and objects around values.
	stepWork = 4
)

var errPatternWork = errors.New("the patterns take too much work on this event, which has too many elements in its arrays for so many rules; let fewer patterns ask for fields within arrays")

// Work is how much was done to evaluate rules and expressions on the event, in the unit of WorkLimit.
func (ev *Event) Work() int { return ev.work }

// left is what may still be done; below zero where more was done.
func (ev *Event) left() int { return RecordLimit - (ev.work - ev.before) }

// account notes what the patterns have done so far, and what is left to them.
func (s *scratch) account() {
	s.event.work += s.extraction.work
	s.extraction.work, s.extraction.limit = 0, s.event.left()
}

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
