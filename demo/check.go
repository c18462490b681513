package demo

import (
	"fmt"
	"math/bits"
	"sync"
)

// Check compares what arrives with what was sent. Its methods may be called at any time by anybody.
type Check struct {
	names []string // of the destinations

	mu      sync.Mutex
	sources map[partition]*source
	tallies []Tally // by destination; the dead letters come last
	newest  map[stream]int64
	waiting int64
	samples []string
}

// partition is one partition of a topic.
type partition struct {
	topic string
	id    int32
}

// stream is what has an order: the records of a partition that a FIFO destination gets in one
// message group.
type stream struct {
	destination int
	group       string
	from        partition
}

// Tally is what the check found at one destination, or of the dead letters.
type Tally struct {
	Expected, Received, Missing    int64
	Duplicated, Reordered, Altered int64
	Stray                          int64 // of records that do not belong there
}

// Good says whether all that was expected arrived once, in order and as it was.
func (t Tally) Good() bool {
	return t.Missing == 0 && t.Duplicated == 0 && t.Reordered == 0 && t.Altered == 0 && t.Stray == 0
}

// NewCheck returns a check for destinations of these names.
func NewCheck(destinations ...string) *Check {
	return &Check{
		names:   destinations,
		sources: map[partition]*source{},
		tallies: make([]Tally, len(destinations)+1),
		newest:  map[stream]int64{},
	}
}

// Expect says where a record will have to go. It comes before the record is produced, and in the
// order of its partition, without a gap.
func (c *Check) Expect(at Position, due Due, content Content) {
	c.mu.Lock()
	defer c.mu.Unlock()
	want := due.bits()
	c.source(at).push(entry{want: want, content: content, groups: due.Groups, reason: due.Reason})
	for d := range c.tallies[:len(c.tallies)-1] {
		if want&deliveryBit(d) != 0 {
			c.tallies[d].Expected++
		}
	}
	c.deadLetters().Expected += int64(bits.OnesCount64(want >> (MaxDestinations + 1)))
	c.waiting += int64(bits.OnesCount64(want))
}

func (c *Check) source(at Position) *source {
	p := partition{at.Topic, at.Partition}
	s := c.sources[p]
	if s == nil {
		s = &source{}
		c.sources[p] = s
	}
	return s
}

func (c *Check) deadLetters() *Tally { return &c.tallies[len(c.tallies)-1] }

// Arrived says that a message reached the far end of a destination.
func (c *Check) Arrived(destination int, m Arrival) {
	c.mu.Lock()
	defer c.mu.Unlock()
	t := &c.tallies[destination]
	t.Received++
	e, ok := c.take(t, m.Position, deliveryBit(destination))
	if !ok {
		return
	}
	want, known := e.group(destination)
	switch {
	case m.Content != e.content:
		t.Altered++
		c.sample("%v came altered to %s", m.Position, c.names[destination])
	case known && m.Group != want:
		t.Altered++
		c.sample("%v came to %s in group %q instead of %q", m.Position, c.names[destination], m.Group, want)
	}
	if m.Ordered {
		c.order(t, destination, m)
	}
}

// order counts a message that comes after a later one of its stream.
func (c *Check) order(t *Tally, destination int, m Arrival) {
	s := stream{destination, m.Group, partition{m.Topic, m.Partition}}
	newest, ok := c.newest[s]
	if ok && m.Offset < newest {
		t.Reordered++
		c.sample("%v came to %s after offset %d of group %q", m.Position, c.names[destination], newest, m.Group)
		return
	}
	c.newest[s] = m.Offset
}

// DeadLettered says that a dead letter was read. The destination is the one it could not be sent to, or
// noDestination.
func (c *Check) DeadLettered(destination int, m Arrival, reason string) {
	c.mu.Lock()
	defer c.mu.Unlock()
	t := c.deadLetters()
	t.Received++
	e, ok := c.take(t, m.Position, deadLetterBit(destination))
	switch {
	case !ok:
	case m.Content != e.content:
		t.Altered++
		c.sample("the dead letter of %v is altered", m.Position)
	case e.reason != "" && reason != e.reason:
		t.Altered++
		c.sample("the dead letter of %v says %s instead of %s", m.Position, reason, e.reason)
	}
}

// Strange says that something arrived which is of no record.
func (c *Check) Strange(destination int, why string) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.tallies[destination].Received++
	c.tallies[destination].Stray++
	c.sample("%s", why)
}

// StrangeDeadLetter is Strange for the dead letters.
func (c *Check) StrangeDeadLetter(why string) { c.Strange(len(c.tallies)-1, why) }

// take crosses one expectation out and returns the record; false where there was none.
func (c *Check) take(t *Tally, at Position, bit uint64) (entry, bool) {
	s := c.source(at)
	e, settled := s.find(at.Offset)
	switch {
	case settled || e != nil && e.got&bit != 0:
		t.Duplicated++
		c.sample("%v came again %s", at, c.to(bits.TrailingZeros64(bit)))
		return entry{}, false
	case e == nil || e.want&bit == 0:
		t.Stray++
		c.sample("%v does not belong %s", at, c.to(bits.TrailingZeros64(bit)))
		return entry{}, false
	}
	e.got |= bit
	c.waiting--
	out := *e // trim moves it
	s.trim()
	return out, true
}

// to names where a bit's message goes.
func (c *Check) to(bit int) string {
	if bit > MaxDestinations {
		return "to the dead letters"
	}
	return "to " + c.names[bit]
}

// maxSamples is how many findings are told in full.
const maxSamples = 8

func (c *Check) sample(format string, args ...any) {
	if len(c.samples) < maxSamples {
		c.samples = append(c.samples, fmt.Sprintf(format, args...))
	}
}

// Waiting is how many deliveries and dead letters are still to come.
func (c *Check) Waiting() int64 {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.waiting
}

// Tally returns what was found so far at a destination; what is still to come is not missing yet.
func (c *Check) Tally(destination int) Tally {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.tallies[destination]
}

// Findings is the end of a check.
type Findings struct {
	Tallies []Tally // by destination; the dead letters come last
	Samples []string
}

// Finish counts what has not come as missing.
func (c *Check) Finish() Findings {
	c.mu.Lock()
	defer c.mu.Unlock()
	out := Findings{Tallies: append([]Tally(nil), c.tallies...)}
	for p, s := range c.sources {
		s.missing(func(offset int64, bit int) {
			at := bit
			if bit > MaxDestinations {
				at = len(out.Tallies) - 1
			}
			out.Tallies[at].Missing++
			c.sample("%v never came %s", Position{p.topic, p.id, offset}, c.to(bit))
		})
	}
	out.Samples = c.samples
	return out
}

// Good says whether there is nothing to complain about.
func (f Findings) Good() bool {
	for _, t := range f.Tallies {
		if !t.Good() {
			return false
		}
	}
	return true
}
