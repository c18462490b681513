package consumer

import (
	"strconv"

	"github.com/twmb/franz-go/pkg/kadm"
	"github.com/twmb/franz-go/pkg/kgo"
	"go.uber.org/zap"

	"github.com/sluice-bridge/sluice/bridge/kafka"
	"github.com/sluice-bridge/sluice/bridge/offsets"
)

// tellExpired tells of records that Kafka's retention deleted before they were read. Between the offsets
// may have been gaps, so that it is no more than these. position names what the first offset is.
func (s *Source) tellExpired(at kafka.TopicPartition, position string, from, start int64) {
	s.log.Error("records were deleted by the topic's retention before they were read",
		zap.Stringer("partition", at), zap.Int64(position, from),
		zap.Int64("log_start", start), zap.String("at_most", strconv.FormatInt(start-from, 10)))
}

// reportExpired tells of records that were deleted while nobody read the partition. Called with the gate
// read-locked, where reading begins.
func (s *Source) reportExpired(at kafka.TopicPartition, begin kgo.Offset, first kadm.ListedOffsets) {
	from := begin.EpochOffset().Offset
	o, ok := first.Lookup(at.Topic, at.Partition)
	if !ok || o.Err != nil || o.Offset <= from {
		return
	}
	s.tellExpired(at, "committed", from, o.Offset)
	if a := s.assigned[at]; a != nil {
		a.next.Store(o.Offset)
	}
}

// look is what was found of a partition that is not read.
type look struct {
	next   int64
	paused bool
	polls  uint64
	empty  uint64 // polls for which the client had nothing
}

// passed tells of records that were deleted while the partition was not read: where it is paused, or
// nothing follows them, no fetch shows that. And it begins a partition at the log's start of which that was not to be
// had before. Two looks in a row have found the same position, and between
// them nothing was left of what the client had fetched before. Called by the watch.
func (s *Source) passed(a *assignment, start int64) {
	now := look{next: a.expected(), paused: a.paused.Load(), polls: s.polls.Load(), empty: s.empty.Load()}
	before := a.looked
	a.looked = now
	emptied := before.empty != now.empty || before.paused && now.paused && before.polls != now.polls
	if now.next >= start || now.next != before.next || !emptied || !a.begun() {
		return
	}
	s.gate.Lock() // nothing is read meanwhile
	defer s.gate.Unlock()
	switch {
	case s.assigned[a.TopicPartition] != a || a.expected() != now.next:
	case now.next < 0:
		a.part.Begin(offsets.Mark{Offset: start, Epoch: -1}, a.part.Reach())
	default:
		s.tellExpired(a.TopicPartition, "read_to", now.next, start)
		a.next.Store(start)
	}
}

// skip moves the mark of a partition to the log's start, once nothing before that is to be settled any more: where no
// record comes, the group would lag behind it for ever. Called by the watch.
func (s *Source) skip(a *assignment, start int64) {
	if a.part.Mark().Offset >= start || a.expected() < start {
		return
	}
	s.gate.Lock() // nothing is read meanwhile
	defer s.gate.Unlock()
	if s.assigned[a.TopicPartition] == a && len(a.waiting) == 0 && a.alone == nil && a.expected() >= start {
		a.part.Skip(start)
	}
}
