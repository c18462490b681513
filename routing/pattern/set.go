package pattern

import (
	"slices"

	"github.com/sluice-bridge/sluice/routing/pattern/match"
)

// Set is patterns that are asked of the same events. Fields of one name share a slot, so that an event is read once
// however many patterns there are.
type Set struct {
	slots *match.Slots
}

// NewSet returns a set without patterns.
func NewSet() *Set { return &Set{slots: match.NewSlots()} }

// NewFinder returns what finds those of its patterns that an event matches. There may be no more patterns afterwards.
func (s *Set) NewFinder() *match.Finder { return match.NewFinder(s.slots) }

// Problem is one thing wrong with a pattern.
type Problem struct {
	// Path is the place as in the configuration: "rules[2].match.total".
	Path string
	// Message is one sentence that says what is wrong and what to write instead.
	Message string
}

// Compile compiles the patterns of a rule over the value and over the headers, each as decoded from YAML and nil where
// there is none; see docs/routing.md. The location is the rule's, as in "rules[2]"; order are the locations of the fields
// below it as they were written. What is not in it comes after, in alphabetical order.
func (s *Set) Compile(location string, value, headers map[string]any, order []string) (*match.Pattern, []Problem) {
	places := make([]string, len(order))
	for i, at := range order {
		places[i] = location + "." + at
	}
	var problems []Problem
	branches := s.branches(location, value, headers, &problems)
	return match.NewPattern(branches, value != nil || headers != nil, value != nil, places), problems
}

// branches compiles both patterns of a rule: each alternative of one goes with each of the other.
func (s *Set) branches(location string, value, headers map[string]any, problems *[]Problem) []match.Branch {
	over := compiler{headers: true, problems: problems}
	ofHeaders := over.compile(location+".headers", headers)
	over.headers = false
	ofValue := over.compile(location+".match", value)
	for _, b := range slices.Concat(ofHeaders, ofValue) {
		s.slots.Assign(b)
	}
	switch {
	case len(ofHeaders)*len(ofValue) > maxBranches:
		over.problem(location, "the alternatives of all $or multiply to more than %d; write several rules", maxBranches)
	case len(ofHeaders) == 0 && len(ofValue) == 0:
		return []match.Branch{nil}
	case len(ofHeaders) == 0:
		return ofValue
	case len(ofValue) == 0:
		return ofHeaders
	}
	var both []match.Branch
	for _, h := range ofHeaders {
		for _, v := range ofValue {
			both = append(both, slices.Concat(h, v))
		}
	}
	return both
}
