// Package offsets knows which records of an assignment are settled, so that an offset is committed only when all at
// or below it are, and bounds what is in flight.
//
//	ack.go        what a delivery reports to
//	partition.go  settle: the contiguous low-water mark that may be committed
//	window.go     what is held, bounded; charge.go counts it
//	reach.go      which destinations are done how far; note.go writes it beside the offset
//	place.go      which queue or topic a destination leads to
//	origin.go     the identity of a topic (KIP-516)
//
// It knows neither messages nor destinations.
package offsets
