// Package offsets knows which records of an assignment are settled, so that an offset is committed only when all at
// or below it are, and bounds what is in flight.
//
//	ack.go             what a delivery reports to
//	tracker.go         what is settled of an assignment: the low-water mark that may be committed
//	waiting.go         records that are read, and not registered
//	window.go          what is held, bounded; charge.go counts it
//	topic_identity.go  the identity of a topic (KIP-516)
//
// It knows neither messages nor destinations.
package offsets
