package progress

// Progress says how far destinations are done in one partition where the shared group's mark does not
// say it: a destination that has a consumer group of its own stays where that group took over, and
// one that had such a group may be behind the others, or before them, when the shared group takes
// it back. The commits of the shared group carry it, so that it holds over restarts and for other
// instances. The zero Progress means that all destinations are done up to the mark.
type Progress struct {
	// Default is the offset from which on records go to the destinations that Done does not name, and
	// come to whatever else becomes of them.
	Default int64
	// Done is the same for single destinations.
	Done map[string]int64
	// Isolated are the destinations that have a consumer group of their own, with the offset from which
	// on that sends.
	Isolated map[string]int64
	// Resources are those of the destinations that are isolated, as far as they are known.
	Resources map[string]ResourceID
}

// From returns the offset of the first record that goes to a destination of this group.
func (r Progress) From(destination string) int64 {
	if at, ok := r.Done[destination]; ok {
		return at
	}
	return r.Default
}

// Of returns how far a destination is done in a partition whose mark is at an offset.
func (r Progress) Of(destination string, mark int64) int64 {
	if at, ok := r.Isolated[destination]; ok {
		return at
	}
	return max(mark, r.From(destination))
}

// Back returns the progress of a partition that has lost its records from an offset on: of those that
// have come in their place nothing is done.
func (r Progress) Back(offset int64) Progress {
	lower := func(of map[string]int64) map[string]int64 {
		back := make(map[string]int64, len(of))
		for d, at := range of {
			back[d] = min(at, offset)
		}
		return back
	}
	return Progress{Default: min(r.Default, offset), Done: lower(r.Done), Isolated: lower(r.Isolated), Resources: r.Resources}
}
