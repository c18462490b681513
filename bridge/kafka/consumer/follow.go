package consumer

import (
	"github.com/twmb/franz-go/pkg/kgo"

	"github.com/sluice-bridge/sluice/bridge/kafka/trail"
)

// following returns what is to be taken of what was fetched of a partition. Behind a batch that is read alone, or is to
// be, that is nothing, as it is read again after it; but what comes with the error of a batch stands before it. Called by
// the poll loop with the gate read-locked.
func (s *Source) following(a *assignment, f *kgo.FetchPartition) []*kgo.Record {
	if a.alone != nil && !a.alone.Silent || a.doubt != nil && f.Err == nil {
		return nil
	}
	c := a.Compare(trail.Fetched{
		Records: f.Records, Start: f.LogStartOffset, Doubted: a.doubt != nil,
		PassesOver: func() bool { return s.ahead.Skips(a.TopicPartition) },
	})
	if c.Start > c.From {
		s.tellExpired(a.TopicPartition, "read_to", c.From, c.Start)
	}
	if c.Doubt != nil {
		a.doubt = c.Doubt
	}
	if c.Below {
		s.cutOff(a, a.Expected(), c.Cut)
	}
	return c.Records
}
