package telemetry

// Health is told of what keeps records from flowing. Implementations log the first Trouble of a
// key and its Recovered, once each, and answer readiness. Both return at once; they may be called
// with locks held.
type Health interface {
	// Trouble says what is wrong with something; the text of a key that is in trouble already
	// replaces the earlier one.
	Trouble(key, text string)
	// Recovered says that it is well again; nothing happens where it was.
	Recovered(key string)
	// Forget says that nobody looks at it any more, well or not; nothing happens where it was well.
	Forget(key string)
}
