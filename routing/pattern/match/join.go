package match

import (
	"math"
	"math/bits"
	"slices"
)

// join finds out whether fields match together that have values within arrays: one element of an
// array counts, and of the arrays within that again. A field is absent, in the order of the fields,
// where each of its values is in another element than the one from which a field before it has its
// value.
//
// Each scope is looked at a few times, from the innermost outwards, and never with the others: what
// else is around it of use or in the way is known from the scopes that it is within. That is so as
// long as the values of a field are, below one element, in one array only. A key that is repeated
// may have arrays side by side; then join does not answer.
//
// Its memory is all zero between two uses.
type join struct {
	fields []int32 // those with values within arrays
	words  int     // of a set of them
	absent []uint64
	sets   []uint64
	states []joinState
	// from and to are the first and the last scope, but the event, with values.
	from, to int32
}

// joinState is what is known of a scope.
type joinState struct {
	// touched: fields have values in it.
	touched bool
	// failed, of an element: there is something in it that keeps the fields from matching.
	failed bool
	// chosen, of an array: it has an element with which the fields match.
	chosen bool
	// first is the first field, counted from 1, whose value is taken from it; 0 for none.
	first int32
}

// Sets of fields, three of each scope.
const (
	setPassing = iota // with a value that passes, in the scope or those around it
	setPresent        // with any value, likewise
	setBelow          // with any value in the scopes within
	setKinds
)

func (j *join) set(scope int32, kind int) []uint64 {
	at := (int(scope)*setKinds + kind) * j.words
	return j.sets[at : at+j.words]
}

// matches reports whether the fields match, each of which does alone; repeated where it cannot say.
func (j *join) matches(fields []Field, x *extraction) (ok, repeated bool) {
	j.fields = j.fields[:0]
	for i := range fields {
		x.work += matcherWork
		if fields[i].inArray(x) {
			j.fields = append(j.fields, int32(i))
		}
	}
	if len(j.fields) == 0 || len(j.fields) == 1 && !fields[j.fields[0]].absent {
		return true, false
	}
	j.start(len(x.scopes))
	j.read(fields, x)
	x.work += stepWork * setKinds * j.words * int(max(j.to-j.from, 0)+1)
	if repeated = !j.gather(x.scopes); !repeated {
		j.inherit(x.scopes)
		j.choose(x.scopes)
		ok = !j.states[0].failed
	}
	j.clear()
	return ok, repeated
}

// inArray reports whether a value of the field is within an array.
func (f *Field) inArray(x *extraction) bool {
	for i := x.heads[f.slot]; i >= 0; i = x.values[i].next {
		if x.values[i].scope != 0 {
			return true
		}
		x.work += stepWork
	}
	return false
}

func (j *join) start(scopes int) {
	j.words = (len(j.fields) + 63) / 64
	j.absent = growSlice(j.absent, j.words)
	j.sets = growSlice(j.sets, scopes*setKinds*j.words)
	j.states = growSlice(j.states, scopes)
	j.from, j.to = math.MaxInt32, 0
}

func growSlice[T any](s []T, n int) []T { return slices.Grow(s[:0], n)[:n] }

func (j *join) clear() {
	j.from = min(j.from, j.to)
	clear(j.absent)
	clear(j.states[:1])
	clear(j.states[j.from : j.to+1])
	clear(j.sets[:setKinds*j.words])
	clear(j.sets[int(j.from)*setKinds*j.words : int(j.to+1)*setKinds*j.words])
}

// read notes the values of all fields in their scopes.
func (j *join) read(fields []Field, x *extraction) {
	for k, i := range j.fields {
		f, word, bit := &fields[i], k/64, uint64(1)<<(k%64)
		if f.absent {
			j.absent[word] |= bit
		}
		for n := x.heads[f.slot]; n >= 0; n = x.values[n].next {
			v := &x.values[n]
			x.work += f.cost(v)
			j.touch(v.scope, x.scopes)
			j.set(v.scope, setPresent)[word] |= bit
			if f.match(v) {
				j.set(v.scope, setPassing)[word] |= bit
				j.states[v.scope].take(int32(k + 1))
			}
		}
	}
}

// touch marks a scope and those around it.
func (j *join) touch(s int32, scopes []scope) {
	for s != 0 && !j.states[s].touched {
		j.states[s].touched = true
		j.from, j.to = min(j.from, s), max(j.to, s)
		s = scopes[s].parent
	}
}

func (s *joinState) take(first int32) {
	if s.first == 0 || first != 0 && first < s.first {
		s.first = first
	}
}

// gather fills in what is below each scope. It returns false where two arrays of one element have
// values of one field.
func (j *join) gather(scopes []scope) bool {
	for s := j.to; s >= j.from; s-- {
		if !j.states[s].touched {
			continue
		}
		around, within, here := j.set(scopes[s].parent, setBelow), j.set(s, setBelow), j.set(s, setPresent)
		for w := range around {
			if scopes[s].array && around[w]&within[w] != 0 {
				return false
			}
			around[w] |= within[w] | here[w]
		}
	}
	return true
}

// inherit adds what the scopes around have.
func (j *join) inherit(scopes []scope) {
	for s := j.from; s <= j.to; s++ {
		if !j.states[s].touched {
			continue
		}
		for _, kind := range []int{setPassing, setPresent} {
			around, here := j.set(scopes[s].parent, kind), j.set(s, kind)
			for w := range here {
				here[w] |= around[w]
			}
		}
	}
}

// choose takes of each array the element with which the fields match, and of several the one that is
// settled on first.
func (j *join) choose(scopes []scope) {
	for s := j.to; s >= j.from; s-- {
		state, around := &j.states[s], &j.states[scopes[s].parent]
		switch {
		case !state.touched:
		case !scopes[s].array:
			if !state.failed && j.agrees(s, scopes[s].parent) {
				around.chosen = true
				around.take(state.first)
			}
		case state.chosen:
			around.take(state.first)
		case !j.dispensable(s):
			around.failed = true
		}
	}
}

// dispensable reports whether no element of an array is needed.
func (j *join) dispensable(array int32) bool {
	passing, below := j.set(array, setPassing), j.set(array, setBelow)
	for w := range below {
		if below[w]&^passing[w] != 0 {
			return false
		}
	}
	return true
}

// agrees reports whether an element will do, of which all that is within does, for the fields with
// values anywhere in its array: those that get no value here must be absent, because an earlier one
// gets its value here and they have theirs in other elements.
func (j *join) agrees(elem, array int32) bool {
	all, inner, passing, present := j.set(array, setBelow), j.set(elem, setBelow), j.set(elem, setPassing), j.set(elem, setPresent)
	for w := range all {
		open := all[w] &^ (inner[w] | passing[w])
		if open == 0 {
			continue
		}
		first := j.states[elem].first
		if open&(present[w]|^j.absent[w]) != 0 || first == 0 || int(first) > w*64+bits.TrailingZeros64(open) {
			return false
		}
	}
	return true
}
