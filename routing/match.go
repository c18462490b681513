package routing

import "errors"

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
	if len(x.elems) == 1 || len(fields) == 1 && !fields[0].absent {
		return true, nil
	}
	left := maxCombinations
	ok := matchWithin(fields, x, &left)
	if !ok && left <= 0 {
		return false, errCombinations
	}
	return ok, nil
}

// matchAny reports whether the field taken alone can match. Where it may be absent, values within
// arrays do not count against it: they may all be in elements that the other fields rule out.
func (f *field) matchAny(x *extraction) bool {
	there := false
	for j := x.heads[f.slot]; j >= 0; j = x.leaves[j].next {
		l := &x.leaves[j]
		if f.match(l) {
			return true
		}
		there = there || l.elem == 0
	}
	return !there && f.absent
}

// matchWithin tries the values of the first field, each with the rest of the fields. x.chosen
// holds the array elements that the fields before have settled on; a field is absent when it is
// in none of those.
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
		if l.elem == 0 {
			there = true
			if f.match(l) {
				// No later value of this field can lead further than one outside all arrays.
				return matchWithin(fields[1:], x, left)
			}
			continue
		}
		if !x.fits(l.elem) {
			continue
		}
		there = true
		if !f.match(l) {
			continue
		}
		x.chosen = append(x.chosen, l.elem)
		ok := matchWithin(fields[1:], x, left)
		x.chosen = x.chosen[:len(x.chosen)-1]
		if ok {
			return true
		}
	}
	return !there && f.absent && matchWithin(fields[1:], x, left)
}
