package main

import (
	"sync/atomic"

	"github.com/twmb/franz-go/pkg/kgo"
)

// polls remembers what was read and is not acknowledged as a whole, poll by poll: the simplest
// thing that never commits past a record that may be lost.
type polls struct {
	client *kgo.Client
	open   []*poll
}

// poll is the records of one poll.
type poll struct {
	last []*kgo.Record // of each partition
	left atomic.Int64
}

func newPolls(client *kgo.Client) *polls { return &polls{client: client} }

// begin registers a poll, whose records are not empty.
func (p *polls) begin(records []*kgo.Record) *poll {
	n := &poll{}
	n.left.Store(int64(len(records)))
	for i, r := range records {
		if i+1 == len(records) || records[i+1].Partition != r.Partition {
			n.last = append(n.last, r)
		}
	}
	p.open = append(p.open, n)
	return n
}

// sent tells that some of the records are acknowledged.
func (p *poll) sent(n int) { p.left.Add(-int64(n)) }

// mark has the next commit take in all polls up to the first that is not acknowledged.
func (p *polls) mark() {
	for len(p.open) > 0 && p.open[0].left.Load() == 0 {
		p.client.MarkCommitRecords(p.open[0].last...)
		p.open = p.open[1:]
	}
}
