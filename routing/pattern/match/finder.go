package match

import (
	"slices"

	"github.com/twmb/franz-go/pkg/kgo"
)

// Finder finds the patterns that an event matches. Its memory serves one event after another; it is for one goroutine.
//
// An event goes through it in this order: ReadValue and ReadHeaders, Find, Next until there is none, Reset. All that
// it does counts as work: as much as it takes to read so many bytes once; see Work.
type Finder struct {
	extraction *extraction
	candidates candidates
	// visited says, by node, in which round it was last visited.
	visited []uint32
	round   uint32

	object bool // the value is one

	index *Index
	found bool // the candidates are all that may match; else each alternative may
	next  int
	done  int32 // the pattern that was returned last
}

// NewFinder returns one for patterns with these slots, of which there may be no more afterwards.
func NewFinder(slots *Slots) *Finder { return &Finder{extraction: newExtraction(len(slots.byName))} }

// Reset forgets the event.
func (f *Finder) Reset() {
	f.candidates.clear()
	f.extraction.reset()
	f.index, f.object = nil, false
}

// Work returns how much was done since it was last asked, and sets how much may be done until it is asked again. The
// patterns fail that are looked at when that is used up.
func (f *Finder) Work(limit int) (done int) {
	done = f.extraction.work
	f.extraction.work, f.extraction.limit = 0, limit
	return done
}

// ReadValue reads what the index asks of a value, and validates all of it on the way.
func (f *Finder) ReadValue(x *Index, doc []byte) (valid bool) {
	valid, f.object = f.extraction.read(x.fields, doc)
	return valid
}

// ReadHeaders reads the headers that the index asks for.
func (f *Finder) ReadHeaders(x *Index, headers []kgo.RecordHeader) {
	if len(x.headers) > 0 {
		f.extraction.headers(x.headers, headers)
	}
}

// Find looks for the patterns of the index that may match what was read.
func (f *Finder) Find(x *Index) {
	f.index, f.next, f.done = x, 0, -1
	f.candidates.grow(len(x.alternatives))
	if x.nodes > len(f.visited) {
		f.visited = make([]uint32, x.nodes)
	}
	if f.round++; f.round == 0 {
		clear(f.visited)
		f.round = 1
	}
	f.visit(x.root)
	f.found = !f.extraction.exhausted()
}

// Next returns the next pattern, by its index, that the event matches, or of which the error says why that cannot be
// known. There is none where ok is false.
func (f *Finder) Next() (pattern int, ok bool, err error) {
	for {
		i, more := f.next, f.next < len(f.index.alternatives)
		if f.found {
			i, more = f.candidates.take()
		}
		if !more {
			return 0, false, nil
		}
		f.next++
		a := &f.index.alternatives[i]
		if a.pattern == f.done {
			continue // its other alternatives have nothing to add
		}
		matches, err := a.matches(f)
		if matches || err != nil {
			f.done = a.pattern
			return int(a.pattern), true, err
		}
	}
}

// matches reports whether the alternative's fields match.
func (a *alternative) matches(f *Finder) (bool, error) {
	switch {
	case a.object && !f.object:
		return false, nil
	case len(a.fields) > 0 && f.extraction.exhausted():
		return false, errPatternWork
	}
	return matchFields(a.fields, f.extraction)
}

// Matches reports whether what the finder has read matches the pattern.
func (p *Pattern) Matches(f *Finder) (bool, error) {
	for _, b := range p.branches {
		a := alternative{object: p.object, fields: b}
		if ok, err := a.matches(f); ok || err != nil {
			return ok, err
		}
	}
	return false, nil
}

// MatchesHeaders reports whether the headers that the finder has read match, whatever the value is.
func (p *Pattern) MatchesHeaders(f *Finder) bool {
	return slices.ContainsFunc(p.branches, func(b Branch) bool {
		return !slices.ContainsFunc(b, func(at Field) bool { return at.header && !at.matchAny(f.extraction) })
	})
}
