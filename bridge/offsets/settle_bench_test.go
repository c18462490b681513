package offsets

import (
	"math/rand/v2"
	"testing"
)

// BenchmarkSettle registers the records of a poll and settles them out of order, as many requests
// at once do; an operation is one message.
func BenchmarkSettle(b *testing.B) {
	const perPoll = 500 // about what one poll returns for a partition
	window := NewWindow(20000, 256<<20)
	p := NewTracker("t", 1, NewTopicIdentity("cluster", "t", [16]byte{1}), window)
	batch := make([]Entry, perPoll)
	for i := range batch {
		batch[i] = Entry{Offset: int64(i), Pending: 1, Bytes: 512}
	}
	order := rand.New(rand.NewPCG(1, 1)).Perm(perPoll)
	copied := make([]Entry, perPoll)
	b.ReportAllocs()
	for done := 0; b.Loop(); done++ {
		if done%perPoll > 0 { // an operation is a message
			continue
		}
		copy(copied, batch)
		seq, ok := p.Register(copied)
		if !ok {
			b.Fatal("closed")
		}
		for _, i := range order {
			p.Settle(seq+uint64(i), 0)
		}
	}
}
