package routing

// Outcome is what the rules decided for an event.
type Outcome uint8

const (
	// Routed: Targets holds at least one destination.
	Routed Outcome = iota + 1
	// Unmatched: no rule matched, and the policy is to drop (counted).
	Unmatched
	// Dropped: a rule said drop, and no rule before it named a destination.
	Dropped
	// DeadLetter: no rule matched, and the policy is dead_letter, at least one failed to evaluate (see
	// Errors), or the event is Undecodable.
	DeadLetter
)

// Decision is where one event goes. Route overwrites it, so one Decision serves many events.
type Decision struct {
	Outcome Outcome
	// Targets are distinct destinations, in the order of the rules.
	Targets []Target
	// Matched are the indexes of the rules that matched, in order.
	Matched []int
	// Errors are the rules whose evaluation failed.
	Errors []RuleError
	// Unread: no rule matched, and at least one had to look into the value, which was to be JSON and
	// is not. Undecodable: it is a dead letter for that.
	Unread, Undecodable bool
}

// Target is one destination of an event, by index into Options.Destinations, and the rule that
// named it first, by index into Options.Rules; -1 where the unmatched policy did.
type Target struct {
	Destination int
	Rule        int
}

// RuleError is a rule that failed to evaluate on this event; it did not match.
type RuleError struct {
	Rule int
	Err  error
}
