package sink

import "context"

// Prober says of a destination what sending does without.
type Prober interface {
	// Probe looks at a destination that was opened, and changes nothing. The notes are clauses to follow its name: "is
	// encrypted with …". A look-up that is denied is a failure here, where Open does without.
	Probe(ctx context.Context) (notes []string, failure *Failure)
}
