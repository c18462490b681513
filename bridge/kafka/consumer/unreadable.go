package consumer

import (
	"context"
	"errors"
	"io"
	"net"
	"time"

	"github.com/twmb/franz-go/pkg/kerr"
	"github.com/twmb/franz-go/pkg/kgo"
	"go.uber.org/zap"

	"github.com/sluice-bridge/sluice/bridge/kafka"
	"github.com/sluice-bridge/sluice/bridge/kafka/single"
	"github.com/sluice-bridge/sluice/bridge/kafka/unpack"
	"github.com/sluice-bridge/sluice/bridge/kafka/watch"
	"github.com/sluice-bridge/sluice/bridge/offsets"
)

// A batch that the client cannot read would stop its partition: one that unpacks to more than there is
// room for, for which the client gives the partition up; one that is damaged, which it asks for again
// and again; and one whose records are not what its header says, of which it says nothing. Such a
// partition is paused, and the batch read alone. Its records go the ordinary way, before what
// follows; or a dead letter takes their place.

// ofBatch says whether an error that came with a poll is of a batch, and notes it. Called by the poll
// loop with the gate read-locked.
func (s *Source) ofBatch(at kafka.TopicPartition, err error) bool {
	a := s.assigned[at]
	if a == nil {
		return false
	}
	if errors.Is(err, unpack.ErrNoRoom) {
		if a.refused++; a.refused >= mostRefused {
			a.doubt = err
		}
		return true
	}
	var brokers *kerr.Error
	var network net.Error
	if errors.As(err, &brokers) || errors.As(err, &network) || errors.Is(err, io.EOF) {
		return false
	}
	a.doubt = err
	return true
}

// mostRefused is how often in a row a batch may not fit beside others before it is read alone.
const mostRefused = 20

// came notes that records were polled.
func (a *assignment) came() { a.refused, a.silence = 0, watch.Silence{} }

// alone is one batch that is read alone.
type alone struct {
	*single.Batch
	full bool // the window was, when it was last handed over of
}

// readNext has the next batch of a partition read alone.
func (a *assignment) readNext(silent bool) {
	a.alone = &alone{Batch: single.NewBatch(a.Expected(), a.ReadEpoch(), silent)}
}

// readAlone reads a batch alone, and tells of the partition for as long as it is this member's: nobody would say that it
// is over.
func (s *Source) readAlone(ctx context.Context, a *assignment, x *alone) {
	s.single.Read(ctx, a.part, x.Batch, func(text string) { s.tellAlone(a, text) })
}

func (s *Source) tellAlone(a *assignment, text string) {
	s.gate.RLock()
	defer s.gate.RUnlock()
	if s.assigned[a.TopicPartition] == a {
		s.failing.Report(a.TopicPartition, text, true)
	}
}

// seeAlone begins to read alone what the client cannot, and has what came of it wait for its turn. Of the
// poll loop.
func (s *Source) seeAlone(start func(*assignment, *alone)) {
	now := time.Now()
	// Time that the loop has spent on other things is no silence.
	turn := min(now.Sub(s.turned), pollWait)
	s.turned = now
	passed := kafka.Positions{}
	s.gate.RLock()
	defer s.gate.RUnlock()
	for _, a := range s.assigned {
		switch {
		case a.doubt != nil && (a.alone == nil || a.alone.Silent):
			s.log.Debug("the next batch is read alone", zap.Stringer("partition", a.TopicPartition), zap.Error(a.doubt))
			a.doubt, a.refused = nil, 0
			a.paused.Store(true)
			s.client.PauseFetchPartitions(map[string][]int32{a.Topic: {a.Partition}})
			a.readNext(false)
			start(a, a.alone)
		case a.alone != nil && a.alone.Found() != nil && a.alone.Found().Cut != nil:
			s.cutOff(a, a.alone.Offset, a.Parted(offsets.Position(*a.alone.Found().Cut)))
			a.alone = nil // reading goes back
		case a.alone != nil && a.alone.Silent:
			s.judge(a)
		case a.alone != nil:
			if to, done := s.handOver(a); done {
				a.alone, a.doubt = nil, nil // resumed with the partitions that have room
				a.Moved()
				passed.Set(a.TopicPartition, to)
			}
		case a.paused.Load() || a.highWatermark.Load() <= a.Expected() || a.Expected() < 0:
			if a.silence.Rest(); !a.paused.Load() {
				s.seen(a)
			}
		default:
			if a.silence.Grow(turn, s.capped) {
				a.readNext(true)
				start(a, a.alone)
			}
		}
	}
	passed.Move(s.client)
}

// judge ends a look at a batch of which nothing was said.
func (s *Source) judge(a *assignment) {
	x, f := a.alone, a.alone.Found()
	if f == nil {
		return
	}
	a.alone = nil
	a.silence.Looked()
	if !f.Failed {
		s.seen(a)
	}
	a.unseen = f.Failed
	switch {
	case a.Expected() != x.Offset: // it came after all
	case f.Bad != nil || len(f.Records) > 0:
		a.doubt = errSilent // now the partition is paused for it
	default:
		if held, _ := a.part.Held(); held == 0 && len(a.waiting.Records) == 0 {
			a.bare.Store(f.Next) // what was read is settled, and the log goes on without records
		}
		a.Next.Store(f.Next)
	}
}

// seen says that a look which failed is of no concern any more: a later one did not, or there is nothing to
// look at.
func (s *Source) seen(a *assignment) {
	if a.unseen {
		a.unseen = false
		s.failing.Resolve(a.TopicPartition)
	}
}

// handOver has what was read alone wait for its turn, as far as there is room and what came before it is
// taken. When it is done it says where the client is to go on.
func (s *Source) handOver(a *assignment) (to kgo.EpochOffset, done bool) {
	x, f := a.alone, a.alone.Found()
	if f == nil || len(a.waiting.Records) > 0 {
		return to, false
	}
	if f.Bad != nil {
		s.log.Error("a batch cannot be read: a dead letter names it, and the partition goes on after it",
			zap.String("batch", f.Bad.Range(a.Topic, a.Partition)), zap.Int("bytes", f.Bad.Bytes), zap.String("codec", f.Bad.Codec),
			zap.String("reason", string(f.Bad.Reason)), zap.Error(f.Bad.Why))
		s.intake.Unreadable(a.part, f.Bad.Unreadable)
		a.Enter(f.Bad.Epoch, f.Bad.First)
	}
	if len(f.Records) > 0 {
		n := a.part.Portion(f.Records[:min(mostRecords, len(f.Records))])
		x.full = n <= 0
		if n > 0 {
			part := f.Records[:n:n]
			f.Records = f.Records[n:]
			a.Read(part)
			s.wait(a, part)
		}
		return to, false
	}
	a.came()
	// Retention may have passed the batch meanwhile, and that was told.
	a.Next.Store(max(f.Next, a.Next.Load()))
	s.failing.Resolve(a.TopicPartition)
	return kgo.EpochOffset{Epoch: f.Epoch, Offset: a.Next.Load()}, true
}

var errSilent = errors.New("the client is silent of what the log holds")

// handing says whether something is there that can be handed over.
func (a *assignment) handing() bool {
	return a.alone != nil && !a.alone.Silent && a.alone.Found() != nil && !a.alone.full && len(a.waiting.Records) == 0
}
