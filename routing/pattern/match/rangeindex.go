package match

import (
	"cmp"
	"slices"
)

// rangeIndex finds the ranges that contain a number: a tree of centres, each with the ranges that
// contain it, once by their lower and once by their upper ends.
type rangeIndex struct {
	centre        float64
	byLow, byHigh []rangeEdge
	below, above  *rangeIndex
}

type rangeEdge struct {
	Span
	to *node
}

func newRangeIndex(edges []rangeEdge) *rangeIndex {
	if len(edges) == 0 {
		return nil
	}
	ends := make([]float64, 0, 2*len(edges))
	for i := range edges {
		ends = append(ends, edges[i].Low, edges[i].High)
	}
	slices.Sort(ends)
	x := &rangeIndex{centre: ends[len(ends)/2]}
	var below, above []rangeEdge
	for _, e := range edges {
		switch {
		case e.High < x.centre:
			below = append(below, e)
		case e.Low > x.centre:
			above = append(above, e)
		default:
			x.byLow = append(x.byLow, e)
		}
	}
	x.byHigh = slices.Clone(x.byLow)
	slices.SortFunc(x.byLow, func(a, b rangeEdge) int { return cmp.Compare(a.Low, b.Low) })
	slices.SortFunc(x.byHigh, func(a, b rangeEdge) int { return cmp.Compare(b.High, a.High) })
	x.below, x.above = newRangeIndex(below), newRangeIndex(above)
	return x
}

// visit goes on to the nodes of all ranges that contain n.
func (x *rangeIndex) visit(f *Finder, n float64) {
	for x != nil {
		if n <= x.centre {
			for i := range x.byLow {
				e := &x.byLow[i]
				f.extraction.work += matcherWork
				if e.Low > n {
					break
				}
				if e.contains(n) {
					f.visit(e.to)
				}
			}
			if n == x.centre {
				return
			}
			x = x.below
			continue
		}
		for i := range x.byHigh {
			e := &x.byHigh[i]
			f.extraction.work += matcherWork
			if e.High < n {
				break
			}
			if e.contains(n) {
				f.visit(e.to)
			}
		}
		x = x.above
	}
}
