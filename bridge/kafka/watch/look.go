package watch

// Look is what was found of a partition that is not read.
type Look struct {
	Next   int64 // offset of the next record; less than 0 where that is not known
	Paused bool
	Polls  uint64
	Empty  uint64 // polls for which the client had nothing
}

// Emptied says whether two looks have found the same position, and nothing was left between them of what the client had
// fetched before.
func (l Look) Emptied(before Look) bool {
	return l.Next == before.Next && (l.Empty != before.Empty || l.Paused && before.Paused && l.Polls != before.Polls)
}
