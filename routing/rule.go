package routing

import "github.com/sluice-bridge/sluice/topic"

// Options are what a table is compiled from.
type Options struct {
	// Rules in order; the first match wins unless it says Continue.
	Rules []Rule
	// Destinations that rules may name. A Decision refers to them by index.
	Destinations []Destination
	// Unmatched is "drop", "dead_letter", or the name of a destination.
	Unmatched string
	// Compiled is told of the expression of each attribute, by its place ("rules[0].attributes.tier"), whatever is wrong
	// elsewhere; nil where nobody wants to know.
	Compiled func(place string, e *Expression)
}

// Rule selects destinations for the events it matches. All of Topics, Match, Headers and When
// must hold; what is empty always holds.
type Rule struct {
	Name   string
	Topics topic.Set
	// Match is an EventBridge event pattern over the value, as decoded from YAML: maps with
	// string keys, slices, strings, numbers, booleans and nil.
	//
	// A list is alternatives; maps descend, and all fields of a map must match, or one of the maps
	// of a $or. Values compare after unescaping, numbers by their value, null matches only a null
	// that is there. An array matches if an element does, and fields below one array must match
	// within one element. Keys are literal, but for a dot, which is as good as a level. A value that
	// is no JSON object matches no pattern. docs/routing.md has it all, and where it differs from
	// Event Ruler, which otherwise gives the same answers.
	Match map[string]any
	// Headers is the same over the record's headers, which are text: any of those that share a
	// name may match, and null matches a header without a value.
	Headers map[string]any
	// Order are the places of the patterns' fields as they were written ("match.type",
	// "match.$or[0].total", "headers.tenant"), by which an explanation goes. Fields that are not in it
	// come after, in alphabetical order.
	Order []string
	// When is a CEL expression of type bool. Fields that are absent read as null.
	When string
	// To names destinations.
	To []string
	// Drop settles the event without sending it.
	Drop bool
	// Continue lets later rules match too.
	Continue bool
	// Attributes are message attributes by name, each value a CEL expression.
	Attributes map[string]string
}

// Destination holds the CEL expressions evaluated for each event sent to it; empty where the
// default applies.
type Destination struct {
	Name    string
	GroupID string
	Subject string
	// Body gives what is sent instead of the value.
	Body        string
	CloudEvents CloudEvents
	Attributes  map[string]string
}

// CloudEvents holds the expressions of a CloudEvent's attributes.
type CloudEvents struct {
	Type    string
	Source  string
	Subject string
}
