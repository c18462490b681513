package match

import "math/bits"

// candidates is a set of an index's alternatives, taken out in order. A second level says which words
// are not zero, so that ten thousand rules of which two are candidates cost little more than ten.
type candidates struct {
	words, summary []uint64
}

func (c *candidates) grow(n int) {
	words := (n + 63) / 64
	if words > len(c.words) {
		c.words = make([]uint64, words)
		c.summary = make([]uint64, (words+63)/64)
	}
}

func (c *candidates) add(i int32) {
	c.words[i>>6] |= 1 << (i & 63)
	c.summary[i>>12] |= 1 << (i >> 6 & 63)
}

// take removes and returns the lowest member.
func (c *candidates) take() (int, bool) {
	for s, summary := range c.summary {
		if summary == 0 {
			continue
		}
		w := s<<6 | bits.TrailingZeros64(summary)
		word := c.words[w]
		i := w<<6 | bits.TrailingZeros64(word)
		if word &= word - 1; word == 0 {
			c.summary[s] &= summary - 1
		}
		c.words[w] = word
		return i, true
	}
	return 0, false
}

// clear removes all members.
func (c *candidates) clear() {
	for s, summary := range c.summary {
		for ; summary != 0; summary &= summary - 1 {
			c.words[s<<6|bits.TrailingZeros64(summary)] = 0
		}
		c.summary[s] = 0
	}
}
