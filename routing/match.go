package routing

import (
	"errors"

	"github.com/twmb/franz-go/pkg/kgo"
)

// maxCombinations bounds the work of matching one rule on one event. Only a pattern with several
// fields below large arrays comes near it.
const maxCombinations = 1 << 20

var errCombinations = errors.New("the event's arrays have too many elements to match this pattern")

// matchFields reports whether every field has a value that passes, all of them from the same
// element of every array that they share.
func matchFields(fields []field, x *extraction) (bool, error) {
	for i := range fields {
		if !fields[i].matchAny(x) {
			return false, nil
		}
	}
	if len(x.elems) == 1 || len(fields) == 1 {
		return true, nil
	}
	left := maxCombinations
	ok := matchWithin(fields, x, &left)
	if !ok && left <= 0 {
		return false, errCombinations
	}
	return ok, nil
}

// matchAny reports whether a value of the field passes, wherever it is from.
func (f *field) matchAny(x *extraction) bool {
	there := false
	for j := x.heads[f.slot]; j >= 0; j = x.leaves[j].next {
		if f.match(&x.leaves[j]) {
			return true
		}
		there = there || x.leaves[j].kind != kindGone
	}
	return !there && f.matchAbsent()
}

// matchWithin tries the values of the first field, each with the rest of the fields. x.chosen
// holds the array elements that the fields before have settled on.
func matchWithin(fields []field, x *extraction, left *int) bool {
	if len(fields) == 0 {
		return true
	}
	f, there := &fields[0], false
	for j := x.heads[f.slot]; j >= 0; j = x.leaves[j].next {
		if *left--; *left <= 0 {
			return false
		}
		l := &x.leaves[j]
		there = there || l.kind != kindGone
		if !f.match(l) {
			continue
		}
		if l.elem == 0 {
			return matchWithin(fields[1:], x, left)
		}
		if !x.fits(l.elem) {
			continue
		}
		x.chosen = append(x.chosen, l.elem)
		ok := matchWithin(fields[1:], x, left)
		x.chosen = x.chosen[:len(x.chosen)-1]
		if ok {
			return true
		}
	}
	return !there && f.matchAbsent() && matchWithin(fields[1:], x, left)
}

// matchHeader reports whether one of the headers of the field's name passes. A header without a
// value is null; all others are text.
func (f *field) matchHeader(headers []kgo.RecordHeader) bool {
	there := false
	for i := range headers {
		h := &headers[i]
		if h.Key != f.path[0] {
			continue
		}
		there = true
		if l := headerLeaf(h.Value); f.match(&l) {
			return true
		}
	}
	return !there && f.matchAbsent()
}

func headerLeaf(value []byte) leaf {
	if value == nil {
		return leaf{kind: kindNull}
	}
	return leaf{kind: kindString, text: value}
}
