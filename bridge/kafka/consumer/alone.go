package consumer

import (
	"context"
	"errors"
	"fmt"
	"math"
	"runtime"
	"time"

	"github.com/twmb/franz-go/pkg/kerr"

	"github.com/sluice-bridge/sluice/bridge/kafka/reader"
	"github.com/sluice-bridge/sluice/bridge/message"
	"github.com/sluice-bridge/sluice/bridge/offsets"
)

const (
	// aloneSpare is what whoever has Options.Alone may take beside what is in flight.
	aloneSpare = 32 << 20
	// alonePatience bounds one attempt to read a batch.
	alonePatience = 10 * time.Second
	// aloneRoom is how long it is waited for memory that others have, where a batch may fit with that.
	aloneRoom = 5 * time.Minute
	// aloneAgain is how often it is tried again what waits for memory, or for a broker; aloneStill for
	// what only an operator can change.
	aloneAgain = time.Second
	aloneStill = 15 * time.Second
	// aloneQueued is how long a batch may wait for its turn before that is told: until the one before it is
	// sent, where that is large, and a destination may be down for hours.
	aloneQueued = 5 * time.Second
)

// alone is one batch that is read alone.
type alone struct {
	offset int64
	epoch  int32 // of what was read before it; -1 where that is not known
	// silent is set where nothing was said of a batch: it is only looked at, and the partition not
	// paused.
	silent bool
	found  chan finding // capacity 1

	finding finding // taken out of found
	have    bool
	full    bool // the window was, when it was last handed over of
}

// finding is what was found at an offset.
type finding struct {
	reader.Batch
	bad *reader.BatchError // what could not be read; nil where it could
	cut *logCut            // what stands there follows nothing that was read; nil where it may
	// failed is set where a look at a silent batch found nothing out.
	failed bool
}

func newAlone(offset int64, silent bool) *alone {
	return &alone{offset: offset, epoch: -1, silent: silent, found: make(chan finding, 1)}
}

// nextAlone is what is read alone of a partition next.
func (a *assignment) nextAlone(silent bool) *alone {
	x := newAlone(a.expected(), silent)
	x.epoch = a.readEpoch()
	return x
}

// logCut says that a log was cut off below an offset, and where: other records stand there now. The client, which finds
// that out, may not be told, or not yet.
type logCut offsets.Mark

func (c *logCut) Error() string { return fmt.Sprintf("the log was cut off at offset %d", c.Offset) }

func (x *alone) arrived() bool {
	if !x.have {
		select {
		case x.finding = <-x.found:
			x.have = true
		default:
		}
	}
	return x.have
}

// readAlone reads a batch alone until it is known what becomes of it, and tells the poll loop. It ends
// with ctx, and with the assignment.
func (s *Source) readAlone(ctx context.Context, a *assignment, x *alone) {
	short := shortage{}
	for ctx.Err() == nil && !a.part.Closed() {
		wait := aloneAgain
		if all, room := s.roomAlone(); short.tryAgain(room, all, time.Now()) {
			f, most, err := s.tryAlone(ctx, a, x)
			var cut *logCut
			switch {
			case ctx.Err() != nil:
				return
			case errors.Is(err, errClients):
				x.found <- finding{Batch: reader.Batch{Next: x.offset, Epoch: x.epoch}}
				return
			case errors.As(err, &cut):
				x.found <- finding{Batch: reader.Batch{Next: x.offset, Epoch: x.epoch}, cut: cut}
				return
			case err != nil && x.silent:
				// The client asks again for ever where the broker says that, and does not tell.
				s.tellAlone(a, fmt.Sprintf("nothing comes of it, and reading the batch at offset %d fails: %v", x.offset, err))
				x.found <- finding{Batch: reader.Batch{Next: x.offset, Epoch: x.epoch}, failed: true}
				return
			case err != nil:
				s.tellAlone(a, fmt.Sprintf("reading the batch at offset %d alone: %v", x.offset, err))
			case f.bad == nil, x.silent:
				x.found <- f
				return
			case f.bad.Reason == message.ReasonBatchTooLarge && short.lasts(most, all, time.Now()):
				s.tellAlone(a, fmt.Sprintf("%v: it waits for what others have in flight", f.bad))
			case s.opts.WaitForUnreadable:
				s.tellAlone(a, waits(f.bad))
				wait = aloneStill
			default:
				x.found <- f
				return
			}
		}
		select {
		case <-ctx.Done():
		case <-time.After(wait):
		}
	}
}

// shortage is since when a batch has waited for memory that others have, which may be longer after it had to
// wait for its turn. It is given up on then, although it may fit when they have less: no batch is to hold for
// longer what is behind it, and its dead letter says where its records are.
type shortage struct {
	tried int64 // with how many bytes in vain
	since time.Time
}

// tryAgain says whether it is worth to try with so much room, of all that there may be.
func (s *shortage) tryAgain(room, all int64, now time.Time) bool {
	return s.since.IsZero() || room >= s.tried+s.tried/4 || room == all || now.Sub(s.since) >= aloneRoom
}

// lasts notes that so much memory was too little, and says whether it is to be waited for more.
func (s *shortage) lasts(most, all int64, now time.Time) bool {
	if s.since.IsZero() {
		s.since = now
	}
	s.tried = most
	return most < all && now.Sub(s.since) < aloneRoom
}

// tellAlone tells of a partition for as long as it is this member's: nobody would say that it is over.
func (s *Source) tellAlone(a *assignment, text string) {
	s.gate.RLock()
	defer s.gate.RUnlock()
	if s.assigned[a.TopicPartition] == a {
		s.failing.Report(a.TopicPartition, text, true)
	}
}

// errClients is for what the client finds out by itself, and acts on, when it asks for the partition: that
// the log begins behind the offset, or ends before it, or that the topic was deleted, or made again.
var errClients = errors.New("the client knows what to do")

// roomAlone returns the memory that a batch may take in all, and what of it is free now. An eighth of the
// window is left to others: while they wait for a destination, nothing would be read any more.
func (s *Source) roomAlone() (all, room int64) {
	window, free := s.window.Bytes()
	all = min(window/2+aloneSpare, math.MaxInt32)
	return all, min(all, max(free-window/8, 0)+aloneSpare)
}

// tryAlone reads a batch with the memory that is free, and returns how much that was. What the records
// take counts as in flight until the partition's mark has passed them; where that would be too much, the
// turn is kept as long.
func (s *Source) tryAlone(ctx context.Context, a *assignment, x *alone) (f finding, most int64, err error) {
	if err := s.awaitTurn(ctx, a, x); err != nil {
		return f, 0, err
	}
	over := s.opts.Alone.Give
	defer func() { over() }()
	_, most = s.roomAlone()
	s.window.Reserve(most - aloneSpare)
	defer s.window.Return(most - aloneSpare)
	ctx, cancel := context.WithTimeout(ctx, alonePatience)
	defer cancel()
	if !x.silent {
		runtime.GC() // the batch before this one may still be in memory, and this one is as large
	}
	f.Batch, err = s.peekAlone(ctx, a, x, most)
	if errors.As(err, &f.bad) {
		return finding{Batch: reader.Batch{Next: f.bad.Next, Epoch: f.bad.Epoch}, bad: f.bad}, most, nil
	}
	if n := len(f.Records); n > 0 && !x.silent {
		last := f.Records[n-1]
		pinned, until := f.Weight, over
		if over = func() {}; pinned <= most-aloneSpare {
			until()
			until = func() {}
		} else {
			pinned = max(pinned-aloneSpare, 0)
		}
		a.part.Pin(pinned, last.Offset+1, until)
	}
	return f, most, err
}

// awaitTurn takes the turn, and tells of a partition that waits for it.
func (s *Source) awaitTurn(ctx context.Context, a *assignment, x *alone) error {
	tell := time.NewTimer(aloneQueued)
	defer tell.Stop()
	for {
		select {
		case s.opts.Alone <- struct{}{}:
			return nil
		case <-ctx.Done():
			return ctx.Err()
		case <-tell.C:
			if a.part.Closed() {
				return errClients // nobody waits for it any more
			}
			if !x.silent {
				s.tellAlone(a, fmt.Sprintf("the batch at offset %d can be read when another one, that takes much memory, is sent", x.offset))
			}
			tell.Reset(aloneQueued)
		}
	}
}

// peekAlone reads a batch with so many bytes of memory.
func (s *Source) peekAlone(ctx context.Context, a *assignment, x *alone, most int64) (reader.Batch, error) {
	o := reader.Options{Connection: s.opts.Connection, Topic: a.Topic, ReadUncommitted: s.opts.ReadUncommitted, MostUnpacked: most, Timeout: alonePatience}
	client, err := o.Connection.Probe(o.Timeout)
	if err != nil {
		return reader.Batch{}, err
	}
	p := reader.New(o, client)
	defer p.Close()
	if err = p.Locate(ctx); err == nil && p.Origin() != a.part.Origin {
		err = errClients
	}
	if err != nil {
		return reader.Batch{}, forClient(err)
	}
	b, err := p.Batch(ctx, a.Partition, x.offset)
	if failed := x.follows(ctx, p, a.Partition, b, err); failed != nil {
		return reader.Batch{}, forClient(failed)
	}
	return b, forClient(err)
}

// follows asks whether what was found behind what was read stands in the same log: a later leader may have begun below
// it (KIP-320). The error is a *logCut where it has, the broker's where that cannot be told.
func (x *alone) follows(ctx context.Context, p *reader.Reader, partition int32, found reader.Batch, err error) error {
	var bad *reader.BatchError
	if errors.As(err, &bad) {
		found = reader.Batch{Next: bad.Next, Epoch: bad.Epoch}
	}
	if x.epoch < 0 || found.Epoch == x.epoch || found.Next <= x.offset {
		return nil
	}
	end, err := p.EpochEnd(ctx, partition, x.epoch)
	if err != nil {
		return err
	}
	if end.Offset >= 0 && end.Offset < x.offset {
		return (*logCut)(&end)
	}
	return nil
}

func forClient(err error) error {
	for _, known := range []error{kerr.OffsetOutOfRange, kerr.UnknownTopicID, kerr.UnknownTopicOrPartition} {
		if errors.Is(err, known) {
			return errClients
		}
	}
	return err
}

// waits says what a partition waits for, and what to do.
func waits(bad *reader.BatchError) string {
	remedy := "raise limits.in_flight_bytes, of which it may take half and 32 MiB"
	if bad.Reason == message.ReasonBatchCorrupt {
		remedy = "have the broker's disks and the producer looked at"
	}
	return fmt.Sprintf("%v, and nothing behind it is read; %s, or set kafka.unreadable to dead_letter to go on behind it", bad, remedy)
}
