package demo

import (
	"fmt"
	"strings"
	"testing"
)

// flow is a check of ten records of one partition, which go to a FIFO queue in two groups, and to a
// standard queue; the last one is a dead letter.
type flow struct {
	*Check
	dues []Due
}

const (
	queue = 0
	fifo  = 1
)

func newFlow() *flow {
	f := &flow{Check: NewCheck("queue", "fifo")}
	for i := range int64(10) {
		var due Due
		if i == 9 {
			due.Lost, due.Reason = true, "unmatched"
		} else {
			due.To(queue, "")
			due.To(fifo, group(i))
		}
		f.Expect(position(i), due, content(i))
		f.dues = append(f.dues, due)
	}
	return f
}

func position(offset int64) Position { return Position{"orders", 3, offset} }
func group(offset int64) string      { return fmt.Sprint("g", offset%2) }
func content(offset int64) Content   { return ContentOf(fmt.Appendf(nil, "record %d", offset)) }

func (f *flow) arrive(destination int, offset int64) {
	f.Arrived(destination, Arrival{Position: position(offset), Content: content(offset), Group: group(offset), Ordered: destination == fifo})
}

func (f *flow) deadLetter() {
	f.DeadLettered(noDestination, Arrival{Position: position(9), Content: content(9)}, "unmatched")
}

// all has everything arrive, but what skip says.
func (f *flow) all(skip func(destination int, offset int64) bool) {
	for d := range 2 {
		for i := range int64(9) {
			if skip == nil || !skip(d, i) {
				f.arrive(d, i)
			}
		}
	}
}

func TestCheckFindsWhatIsWrong(t *testing.T) {
	not := func(d int, o int64) func(int, int64) bool {
		return func(destination int, offset int64) bool { return destination == d && offset == o }
	}
	tests := []struct {
		name    string
		happens func(*flow)
		verdict string
		sample  string
	}{
		{"as it should be", func(f *flow) { f.all(nil); f.deadLetter() }, verdict, ""},
		{"lost", func(f *flow) { f.all(not(queue, 4)); f.deadLetter() }, "NOT GOOD: 1 lost", "orders/3/4 never came to queue"},
		{"lost dead letter", func(f *flow) { f.all(nil) }, "NOT GOOD: 1 lost", "orders/3/9 never came to the dead letters"},
		{"nothing came", func(*flow) {}, "NOT GOOD: 19 lost", ""},
		{"duplicated", func(f *flow) { f.all(nil); f.deadLetter(); f.arrive(queue, 2) }, "NOT GOOD: 1 duplicated", "orders/3/2 came again to queue"},
		{"duplicated dead letter", func(f *flow) { f.all(nil); f.deadLetter(); f.deadLetter() }, "NOT GOOD: 1 duplicated", "orders/3/9 came again to the dead letters"},
		{"reordered within a group", func(f *flow) {
			f.all(func(d int, o int64) bool { return d == fifo })
			for _, o := range []int64{0, 1, 4, 3, 2, 5, 6, 7, 8} {
				f.arrive(fifo, o)
			}
			f.deadLetter()
		}, "NOT GOOD: 1 reordered", `orders/3/2 came to fifo after offset 4 of group "g0"`},
		{"reordered between groups is allowed", func(f *flow) {
			f.all(func(d int, o int64) bool { return d == fifo })
			for _, o := range []int64{1, 0, 3, 5, 2, 4, 7, 6, 8} {
				f.arrive(fifo, o)
			}
			f.deadLetter()
		}, verdict, ""},
		{"reordered in a standard queue is allowed", func(f *flow) {
			f.all(not(queue, 0))
			f.arrive(queue, 0)
			f.deadLetter()
		}, verdict, ""},
		{"altered", func(f *flow) {
			f.all(not(queue, 5))
			f.Arrived(queue, Arrival{Position: position(5), Content: ContentOf([]byte("record 5 "))})
			f.deadLetter()
		}, "NOT GOOD: 1 altered", "orders/3/5 came altered to queue"},
		{"a tombstone that should have had a value", func(f *flow) {
			f.all(not(queue, 5))
			f.Arrived(queue, Arrival{Position: position(5), Content: ContentOf(nil)})
			f.deadLetter()
		}, "NOT GOOD: 1 altered", ""},
		{"wrong group", func(f *flow) {
			f.all(not(fifo, 8))
			f.Arrived(fifo, Arrival{Position: position(8), Content: content(8), Group: "g7", Ordered: true})
			f.deadLetter()
		}, "NOT GOOD: 1 altered", `orders/3/8 came to fifo in group "g7" instead of "g0"`},
		{"wrong reason", func(f *flow) {
			f.all(nil)
			f.DeadLettered(noDestination, Arrival{Position: position(9), Content: content(9)}, "rejected")
		}, "NOT GOOD: 1 altered", "the dead letter of orders/3/9 says rejected instead of unmatched"},
		{"altered dead letter", func(f *flow) {
			f.all(nil)
			f.DeadLettered(noDestination, Arrival{Position: position(9), Content: content(8)}, "unmatched")
		}, "NOT GOOD: 1 altered", "the dead letter of orders/3/9 is altered"},
		{"delivered and not dead", func(f *flow) { f.all(nil); f.arrive(queue, 9) }, "NOT GOOD: 1 lost, 1 stray", "orders/3/9 does not belong to queue"},
		{"dead and not delivered", func(f *flow) {
			f.all(not(queue, 1))
			f.deadLetter()
			f.DeadLettered(queue, Arrival{Position: position(1), Content: content(1)}, "rejected")
		}, "NOT GOOD: 1 lost, 1 stray", "orders/3/1 does not belong to the dead letters"},
		{"of a record that was never sent", func(f *flow) { f.all(nil); f.deadLetter(); f.arrive(fifo, 77) }, "NOT GOOD: 1 stray", ""},
		{"of no record", func(f *flow) { f.all(nil); f.deadLetter(); f.Strange(queue, "what is this") }, "NOT GOOD: 1 stray", "what is this"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			f := newFlow()
			test.happens(f)
			s := summary{findings: f.Finish(), bridge: &Bridge{Destinations: make([]Destination, 2)}, own: true}
			if got := s.verdict(); got != test.verdict {
				t.Errorf("verdict %q, want %q; %v", got, test.verdict, s.findings)
			}
			if s.good() != (test.verdict == verdict) {
				t.Errorf("good is %v with the verdict %q", s.good(), s.verdict())
			}
			var out strings.Builder
			s.write(&out)
			if !strings.Contains(out.String(), test.sample) || !strings.Contains(out.String(), test.verdict) {
				t.Errorf("the summary says neither %q nor %q:\n%s", test.sample, test.verdict, out.String())
			}
		})
	}
}

func TestUncommittedPartitionsAreNotGood(t *testing.T) {
	f := newFlow()
	f.all(nil)
	f.deadLetter()
	s := summary{findings: f.Finish(), committed: committed{partitions: 15, atEnd: 14}}
	if s.good() || s.verdict() != "NOT GOOD: 1 partitions not committed to their end" {
		t.Errorf("verdict %q, good %v", s.verdict(), s.good())
	}
}

// TestOnlyWhatIsOnItsWayIsRemembered: only what is on its way, and a little more, is remembered.
func TestOnlyWhatIsOnItsWayIsRemembered(t *testing.T) {
	c := NewCheck("queue")
	var due Due
	due.To(0, "")
	const n = 10 * keepSettled
	for i := range int64(n) {
		c.Expect(position(i), due, content(i))
		c.Arrived(0, Arrival{Position: position(i), Content: content(i)})
	}
	s := c.sources[partition{"orders", 3}]
	if len(s.entries) > 2*keepSettled+1 {
		t.Errorf("%d records are remembered", len(s.entries))
	}
	if w := c.Waiting(); w != 0 {
		t.Errorf("%d are waited for", w)
	}
	c.Arrived(0, Arrival{Position: position(5), Content: content(5)})
	if f := c.Finish(); f.Tallies[0] != (Tally{Expected: n, Received: n + 1, Duplicated: 1}) {
		t.Errorf("an old repetition gives %+v", f.Tallies[0])
	}
}
