package config

// The commits of the shared group name each isolated destination, in what Kafka keeps beside an offset.
const (
	// maxNote is the most that a broker takes with an offset, in bytes (offset.metadata.max.bytes, by default).
	maxNote = 4096
	// noteFrame is what stands around the destinations: the ids of cluster and topic, 64 and 22 characters
	// at most.
	noteFrame = 128
	// noteEach is what stands beside the name of each: its offset, of 19 digits at most, and a hash of its
	// address, of 13 characters, both with quotes and commas.
	noteEach = 39
)

// checkIsolated refuses more isolated destinations than can be named beside an offset: what one that is left
// out has still to get would be forgotten when it is isolated no more.
func (c *checker) checkIsolated() {
	isolated, bytes := 0, noteFrame
	for name, d := range c.Destinations {
		if d.Isolated {
			isolated++
			bytes += len(name) + noteEach
		}
	}
	if bytes > maxNote {
		c.Addf("destinations", "%d destinations are isolated, and Kafka keeps %d bytes beside an offset, where up to %d would be needed to name them; isolate fewer, or give them shorter names", isolated, maxNote, bytes)
	}
}
