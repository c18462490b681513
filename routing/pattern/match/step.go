package match

import "bytes"

// step is a place in the tree of fields that a topic's rules ask for.
type step struct {
	slot int32 // where the values found here go; -1 where no rule ends here
	keys []string
	kids []*step
	// index replaces the search through keys where there are many.
	index map[string]*step
	// deep: a kid has kids, so that a key with dots may lead further down.
	deep bool
}

func newStep() *step { return &step{slot: -1} }

// manyKeys is where a map lookup becomes cheaper than comparing one by one.
const manyKeys = 8

// child returns where the values of a key belong, or nil. A dot in a key is as good as a level.
func (s *step) child(key []byte) *step {
	c := s.kid(key)
	if c != nil || !s.deep || bytes.IndexByte(key, '.') < 0 {
		return c
	}
	for c = s; c != nil; {
		part, rest, more := bytes.Cut(key, keySeparator)
		if c = c.kid(part); !more {
			break
		}
		key = rest
	}
	return c
}

var keySeparator = []byte{'.'}

func (s *step) kid(key []byte) *step {
	if s.index != nil {
		return s.index[string(key)]
	}
	for i, k := range s.keys {
		if k == string(key) {
			return s.kids[i]
		}
	}
	return nil
}

// add makes sure that the path below s exists and returns its end.
func (s *step) add(path []string) *step {
	for i, key := range path {
		s.deep = s.deep || i+1 < len(path)
		c := s.kid([]byte(key))
		if c == nil {
			c = newStep()
			s.keys, s.kids = append(s.keys, key), append(s.kids, c)
			if len(s.keys) > manyKeys && s.index == nil {
				s.index = map[string]*step{}
				for j, k := range s.keys {
					s.index[k] = s.kids[j]
				}
			}
			if s.index != nil {
				s.index[key] = c
			}
		}
		s = c
	}
	return s
}
