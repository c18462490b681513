package telemetry

// Health is told of what keeps records from flowing. Implementations log the first Report of a
// key and its Resolve, once each, and answer readiness. All return at once; they may be called
// with locks held.
type Health interface {
	// Report says what is wrong with something; the text of a key that is in trouble already
	// replaces the earlier one.
	Report(key, text string)
	// Resolve says that it is well again; nothing happens where it was.
	Resolve(key string)
	// Drop says that nobody looks at it any more, well or not; nothing happens where it was well.
	Drop(key string)
}
