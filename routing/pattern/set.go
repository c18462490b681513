package pattern

import "slices"

// Set is patterns that are asked of the same events. Fields of one name share a slot, so that an event is read once
// however many patterns there are.
type Set struct {
	slots map[string]int32 // by name
}

// NewSet returns a set without patterns.
func NewSet() *Set { return &Set{slots: map[string]int32{}} }

// Pattern is what a rule asks of an event's value and headers. It is immutable and safe for concurrent use.
type Pattern struct {
	// branches are the alternatives over headers and value; one without fields where nothing is asked.
	branches []branch
	asks     bool
	object   bool           // of the value, so it must be an object
	order    map[string]int // of the fields by their places, as they were written
}

// Problem is one thing wrong with a pattern.
type Problem struct {
	// Path is the place as in the configuration: "rules[2].match.total".
	Path string
	// Message is one sentence that says what is wrong and what to write instead.
	Message string
}

// Compile compiles the patterns of a rule over the value and over the headers, each as decoded from YAML and nil where
// there is none; see docs/routing.md. The place is the rule's, as in "rules[2]"; order are the places of the fields
// below it as they were written. What is not in it comes after, in alphabetical order.
func (s *Set) Compile(place string, match, headers map[string]any, order []string) (*Pattern, []Problem) {
	p := &Pattern{asks: match != nil || headers != nil, object: match != nil, order: make(map[string]int, len(order))}
	for i, at := range order {
		p.order[place+"."+at] = i - len(order) // below 0, which is that of the others
	}
	var problems []Problem
	p.branches = s.branches(place, match, headers, &problems)
	return p, problems
}

// Asks reports whether it asks anything of an event.
func (p *Pattern) Asks() bool { return p.asks }

// AsksValue reports whether it asks something of the value, which then must be an object.
func (p *Pattern) AsksValue() bool { return p.object }

// branches compiles both patterns of a rule: each alternative of one goes with each of the other.
func (s *Set) branches(place string, match, headers map[string]any, problems *[]Problem) []branch {
	over := compiler{headers: true, problems: problems}
	ofHeaders := over.compile(place+".headers", headers)
	over.headers = false
	ofValue := over.compile(place+".match", match)
	for _, b := range slices.Concat(ofHeaders, ofValue) {
		for i := range b {
			b[i].slot = s.slot(&b[i])
		}
	}
	switch {
	case len(ofHeaders)*len(ofValue) > maxBranches:
		over.problem(place, "the alternatives of all $or multiply to more than %d; write several rules", maxBranches)
	case len(ofHeaders) == 0 && len(ofValue) == 0:
		return []branch{nil}
	case len(ofHeaders) == 0:
		return ofValue
	case len(ofValue) == 0:
		return ofHeaders
	}
	var both []branch
	for _, h := range ofHeaders {
		for _, v := range ofValue {
			both = append(both, slices.Concat(h, v))
		}
	}
	return both
}

// slot returns where the values of a field go, the same for all patterns that ask for it.
func (s *Set) slot(f *field) int32 {
	key := "value\x00" + f.name
	if f.header {
		key = "header\x00" + f.name
	}
	slot, ok := s.slots[key]
	if !ok {
		slot = int32(len(s.slots)) //nolint:gosec // those of a file
		s.slots[key] = slot
	}
	return slot
}
