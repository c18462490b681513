package delivery

import "time"

// staleAfter is how old what is unsent may get before it is copied out of the fetches that brought it:
// up to twice as old. Destinations answer far sooner as a rule, and a copy costs time; and what
// comes in within such a while is not much more than what is read ahead anyway.
const staleAfter = 100 * time.Millisecond

// ages counts things that begin and end, and tells whether some are old: by two generations, of
// which the older one has to be gone before the younger one may take its place. The zero ages has
// nothing.
type ages struct {
	turned  time.Time // when the younger generation began
	younger uint8     // index of it
	counts  [2]int
}

// begin counts a thing and returns its generation, for end.
func (a *ages) begin(now time.Time) uint8 {
	if !a.any() {
		a.turned = now
	}
	a.counts[a.younger]++
	return a.younger
}

func (a *ages) end(generation uint8) { a.counts[generation]-- }

func (a *ages) any() bool { return a.counts != [2]int{} }

// stale says whether something is older than staleAfter.
func (a *ages) stale(now time.Time) bool {
	if !a.any() || now.Sub(a.turned) < staleAfter {
		return false
	}
	if a.counts[1-a.younger] > 0 {
		return true
	}
	a.younger, a.turned = 1-a.younger, now
	return false
}

// due returns when stale is to be asked next; zero where there is nothing.
func (a *ages) due() time.Time {
	if !a.any() {
		return time.Time{}
	}
	return a.turned.Add(staleAfter)
}
