// Package pipeline takes what a poll returned for a partition through decoding, rules, encoding and registering to
// the lanes. It does no I/O and never blocks on a destination.
//
//	pipeline.go    all steps, in order; stint.go bounds the work at a time
//	decide.go      decode, correlate, ask the rules; lacking.go the schemas that are not known yet
//	unroutable.go  why a record has no destination
//	earlier.go     rules that were replaced and still decide on some records
//	unreadable.go  batches that could not be read
//	explain.go     the same for one record, and nothing is sent
package pipeline
