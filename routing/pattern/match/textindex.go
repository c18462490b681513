package match

import (
	"slices"
	"strings"
)

// textIndex finds the keys that a text starts with, or ends with where the keys are reversed. The
// keys are sorted; up names the longest other key that a key starts with. All keys that a text
// starts with are found on the way up from the greatest key that is not greater than the text.
type textIndex struct {
	keys  []string
	up    []int32
	edges [][]matcherEdge
	back  bool
}

// matcherEdge leads to a node where a test passes; a nil test is known to.
type matcherEdge struct {
	matcher *Matcher
	to      *node
}

func newTextIndex(edges map[string][]matcherEdge, back bool) *textIndex {
	if len(edges) == 0 {
		return nil
	}
	x := &textIndex{back: back}
	for key := range edges {
		x.keys = append(x.keys, key)
	}
	slices.Sort(x.keys)
	for i, key := range x.keys {
		x.edges = append(x.edges, edges[key])
		up := int32(i) - 1
		for up >= 0 && !strings.HasPrefix(key, x.keys[up]) {
			up = x.up[up]
		}
		x.up = append(x.up, up)
	}
	return x
}

// find returns the longest key that the text starts with, or -1; up has the others.
func (x *textIndex) find(text []byte) int32 {
	low, high, shared := 0, len(x.keys), 0
	for low < high {
		mid := int(uint(low+high) >> 1)
		order, common := x.compare(x.keys[mid], text)
		if order <= 0 {
			low, shared = mid+1, common
		} else {
			high = mid
		}
	}
	i := int32(low) - 1
	for i >= 0 && len(x.keys[i]) > shared {
		i = x.up[i]
	}
	return i
}

// compare orders a key and a text, and counts the bytes that they share at the start.
func (x *textIndex) compare(key string, text []byte) (order, shared int) {
	n := min(len(key), len(text))
	for shared < n {
		c := text[shared]
		if x.back {
			c = text[len(text)-1-shared]
		}
		if k := key[shared]; k != c {
			if k < c {
				return -1, shared
			}
			return 1, shared
		}
		shared++
	}
	if len(key) > n {
		return 1, shared
	}
	return -1, shared
}
