package redrive

import (
	"cmp"
	"container/heap"

	"github.com/twmb/franz-go/pkg/kgo"

	"github.com/sluice-bridge/sluice/bridge/message"
)

// Dead letters are written side by side, so that those of one partition lie in their topic in about
// the order of their records. These are how far they are looked through for the order itself.
const (
	maxWaiting      = 10_000
	maxWaitingBytes = 64 << 20
)

// outgoing is a letter that is to be sent.
type outgoing struct {
	message.DeadLetter
	ledger *ledger
	at     *kgo.Record // the letter as it lies in its topic
}

// ordering holds letters back for a while and gives them out by the place of their records.
type ordering struct {
	all   byPlace
	bytes int
}

func (o *ordering) put(l *outgoing) {
	heap.Push(&o.all, l)
	o.bytes += len(l.at.Value)
}

// full says whether one is to be taken before the next is put.
func (o *ordering) full() bool { return len(o.all) >= maxWaiting || o.bytes >= maxWaitingBytes }

// take returns the first; nil where there is none.
func (o *ordering) take() *outgoing {
	if len(o.all) == 0 {
		return nil
	}
	l := heap.Pop(&o.all).(*outgoing)
	o.bytes -= len(l.at.Value)
	return l
}

// byPlace implements heap.Interface.
type byPlace []*outgoing

func (b byPlace) Len() int      { return len(b) }
func (b byPlace) Swap(i, j int) { b[i], b[j] = b[j], b[i] }
func (b byPlace) Less(i, j int) bool {
	x, y := b[i].Record, b[j].Record
	return cmp.Or(cmp.Compare(x.Topic, y.Topic), cmp.Compare(x.Partition, y.Partition), cmp.Compare(x.Offset, y.Offset)) < 0
}

// Push implements heap.Interface.
func (b *byPlace) Push(l any) { *b = append(*b, l.(*outgoing)) }

// Pop implements heap.Interface.
func (b *byPlace) Pop() any {
	last := len(*b) - 1
	l := (*b)[last]
	(*b)[last] = nil
	*b = (*b)[:last]
	return l
}
