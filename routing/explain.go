package routing

// RuleTrace says what a rule made of an event, for a person to read.
type RuleTrace struct {
	Rule int
	Name string
	// Matched: the rule holds and took part in the decision.
	Matched bool
	// Skipped: a rule before it matched and did not say continue.
	Skipped bool
	// Part is what failed first: "topics", "headers.tenant", "match.total", "when". Empty where
	// the rule matched or was skipped.
	Part string
	// Reason says why, with the value found.
	Reason string
	// Err is set where the evaluation failed.
	Err error
}

// Explain says for every rule what it made of the event. It decides as Route does, slowly.
func (t *Table) Explain(ev *Event) []RuleTrace {
	return nil
}
