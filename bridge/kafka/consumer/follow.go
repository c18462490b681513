package consumer

import (
	"github.com/twmb/franz-go/pkg/kgo"

	"github.com/sluice-bridge/sluice/bridge/offsets"
)

// What is fetched is compared with what was read before it. The client goes on elsewhere without a word
// where retention has deleted what it was to read next, and where the log turns out to end before that
// and nothing of it was read since its position was set.

// follows says whether what was fetched of a partition, records among it and none that are known, goes on behind
// what was read, perhaps after a gap. Called by the poll loop, with the gate read-locked.
func (s *Source) follows(a *assignment, f *kgo.FetchPartition) bool {
	if a.cut.Offset >= 0 {
		return false // what stands at the offsets now are other records than those that were read
	}
	if first, next := f.Records[0].Offset, a.Expected(); first < next {
		s.cutOff(a, next, offsets.Position{Offset: first, Epoch: -1})
		return false
	}
	a.Read(f.Records)
	a.Lead.Store(a.Next.Load())
	return true
}
