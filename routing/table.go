package routing

import (
	"sync"
	"sync/atomic"

	"github.com/sluice-bridge/sluice/routing/expr"
	"github.com/sluice-bridge/sluice/routing/pattern/match"
	"github.com/sluice-bridge/sluice/topic"
)

// Event is what a table decides on.
type Event = expr.Event

// Expression is what a table has for the parts of messages.
type Expression = expr.Expression

// Table is compiled rules. It is immutable and safe for concurrent use.
type Table struct {
	rules        []rule
	destinations []destination
	unmatched    int32 // a destination, or one of the policies below

	// known are the plans of the topics seen so far; see planFor.
	known   atomic.Pointer[map[string]*plan]
	planMu  sync.Mutex
	fresh   map[string]*plan // of topics that known has not got yet
	shared  map[string]*plan // by the rules that apply
	misses  int
	scratch sync.Pool
}

// Policies for an event that no rule matches.
const (
	unmatchedDrop       = -1
	unmatchedDeadLetter = -2
)

type rule struct {
	name      string
	topics    topic.Set
	pattern   *match.Pattern
	when      *expr.Condition
	to        []int32
	drop      bool
	continues bool
	// attributes by entry of to: the destination's, then the rule's own.
	attributes [][]Attribute
}

type destination struct {
	name             string
	groupID, subject *expr.Expression
	body             *expr.Expression
	event            EventExpressions
	attributes       []Attribute
}

// EventExpressions are those of a CloudEvent's attributes; nil where the default applies.
type EventExpressions struct {
	Type, Source, Subject *expr.Expression
}

// Attribute is a message attribute whose value is computed for each event.
type Attribute struct {
	Name  string
	Value *expr.Expression
}

// Attributes are those configured for a target: the destination's, then the rule's; of two with
// one name the rule's stands. Callers must not change the slice.
func (t *Table) Attributes(tg Target) []Attribute {
	if tg.Rule >= 0 {
		r := &t.rules[tg.Rule]
		for i, d := range r.to {
			if int(d) == tg.Destination {
				return r.attributes[i]
			}
		}
	}
	return t.destinations[tg.Destination].attributes
}

// GroupID is the expression of a destination's group id; nil where the default applies.
func (t *Table) GroupID(destination int) *expr.Expression { return t.destinations[destination].groupID }

// Subject is the expression of a destination's subject; nil where it has none.
func (t *Table) Subject(destination int) *expr.Expression { return t.destinations[destination].subject }

// Body is the expression of what is sent instead of the value; nil where that is the value itself.
func (t *Table) Body(destination int) *expr.Expression { return t.destinations[destination].body }

// Event holds the expressions of a destination's CloudEvents.
func (t *Table) Event(destination int) EventExpressions { return t.destinations[destination].event }

// RuleName is the name of a rule; one without a name is called by its place, "rules[2]".
func (t *Table) RuleName(i int) string { return t.rules[i].name }

// RuleNames returns the names of all rules, in their order.
func (t *Table) RuleNames() []string {
	names := make([]string, len(t.rules))
	for i := range t.rules {
		names[i] = t.rules[i].name
	}
	return names
}

// Dropping returns the names of the rules that settle their events without sending them.
func (t *Table) Dropping() (names []string) {
	for i := range t.rules {
		if t.rules[i].drop {
			names = append(names, t.rules[i].name)
		}
	}
	return names
}

// DestinationName is the name of a destination.
func (t *Table) DestinationName(i int) string { return t.destinations[i].name }

// NeedsValue reports whether a rule that applies to the topic, or an expression of a destination
// that such an event can reach, reads the value. Where nothing does, decoding it is a waste.
func (t *Table) NeedsValue(topic string) bool { return t.planFor(topic).needs&expr.NeedsValue != 0 }

// NeedsSubject reports whether one of them reads under which subject the value's schema is registered.
func (t *Table) NeedsSubject(topic string) bool { return t.planFor(topic).needs&expr.NeedsSubject != 0 }
