package match

import "errors"

// maxCombinations bounds the work of tryAll for one rule and event.
const maxCombinations = 1 << 16

var errCombinations = errors.New("the event repeats a key above arrays, and they have too many elements to try each with all others for this pattern")

// tryAll is join for events that repeat a key above arrays, so that a choice in the one depends on
// that in the other.
func tryAll(fields []Field, x *extraction) (bool, error) {
	combinations := 1
	for i := range fields {
		values := 0
		for j := x.heads[fields[i].slot]; j >= 0; j = x.values[j].next {
			values++
		}
		if combinations *= max(1, values); combinations > maxCombinations {
			return false, errCombinations
		}
	}
	ok := tryFields(fields, x)
	x.chosen = x.chosen[:0]
	if x.exhausted() {
		return false, errPatternWork
	}
	return ok, nil
}

// tryFields tries the values of the first field, each with the rest of the fields. x.chosen holds the
// scopes that the fields before have settled on; a field is absent when it is in none of those.
func tryFields(fields []Field, x *extraction) bool {
	if len(fields) == 0 {
		return true
	}
	f, there := &fields[0], false
	for j := x.heads[f.slot]; j >= 0 && !x.exhausted(); j = x.values[j].next {
		v := &x.values[j]
		x.work += f.cost(v)
		if !x.fits(v.scope) {
			continue
		}
		there = true
		if !f.match(v) {
			continue
		}
		x.chosen = append(x.chosen, v.scope)
		ok := tryFields(fields[1:], x)
		x.chosen = x.chosen[:len(x.chosen)-1]
		if ok {
			return true
		}
	}
	return !there && f.absent && tryFields(fields[1:], x)
}

// fits reports whether a scope goes together with all that are chosen.
func (x *extraction) fits(scope int32) bool {
	for _, c := range x.chosen {
		if !x.together(c, scope) {
			return false
		}
	}
	return true
}

// together reports whether two scopes may match for one rule: where they part, they are not in two
// elements of one array.
func (x *extraction) together(a, b int32) bool {
	for a != b {
		x.work += 2 * stepWork
		if a > b {
			a = x.scopes[a].parent
		} else {
			b = x.scopes[b].parent
		}
	}
	return !x.scopes[a].array
}
