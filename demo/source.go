package demo

import "math/bits"

// source is what is expected of one partition. Records that are settled are kept for a while, so
// that a repetition can be told from a message that never had to come.
type source struct {
	base    int64 // offset of entries[0]
	entries []entry
	settled int // so many at the front have all they want
}

// entry is one record.
type entry struct {
	want, got uint64
	content   Content
	groups    []Group
	reason    string
}

// group is the message group that a destination should get the record in, where that is known.
func (e *entry) group(destination int) (string, bool) {
	for _, g := range e.groups {
		if g.Destination == destination {
			return g.Name, true
		}
	}
	return "", false
}

// keepSettled is how many settled records are remembered.
const keepSettled = 4096

func (s *source) push(e entry) {
	s.entries = append(s.entries, e)
	s.trim()
}

// end is the offset of the next record.
func (s *source) end() int64 { return s.base + int64(len(s.entries)) }

// find returns the record at an offset; settled says that it is so old that it is forgotten.
func (s *source) find(offset int64) (e *entry, settled bool) {
	switch {
	case offset < s.base:
		return nil, true
	case offset >= s.end():
		return nil, false
	}
	return &s.entries[offset-s.base], false
}

// trim forgets what was settled long ago.
func (s *source) trim() {
	for s.settled < len(s.entries) && s.entries[s.settled].want == s.entries[s.settled].got {
		s.entries[s.settled].groups = nil
		s.settled++
	}
	old := s.settled - keepSettled
	if old < keepSettled {
		return
	}
	n := copy(s.entries, s.entries[old:])
	clear(s.entries[n:])
	s.entries = s.entries[:n]
	s.base += int64(old)
	s.settled -= old
}

// missing calls f for each thing that has not come.
func (s *source) missing(f func(offset int64, bit int)) {
	for i := s.settled; i < len(s.entries); i++ {
		for left := s.entries[i].want &^ s.entries[i].got; left != 0; left &= left - 1 {
			f(s.base+int64(i), bits.TrailingZeros64(left))
		}
	}
}
