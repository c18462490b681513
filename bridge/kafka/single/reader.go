package single

import (
	"context"
	"errors"
	"fmt"
	"math"
	"runtime"
	"time"

	"github.com/twmb/franz-go/pkg/kerr"
	"github.com/twmb/franz-go/pkg/kgo"

	"github.com/sluice-bridge/sluice/bridge/kafka"
	"github.com/sluice-bridge/sluice/bridge/kafka/reader"
	"github.com/sluice-bridge/sluice/bridge/message"
	"github.com/sluice-bridge/sluice/bridge/offsets"
	"github.com/sluice-bridge/sluice/internal/pause"
	"github.com/sluice-bridge/sluice/internal/turn"
)

const (
	// spare is what whoever has the turn may take beside what is in flight.
	spare = 32 << 20
	// readTimeout bounds one attempt to read a batch.
	readTimeout = 10 * time.Second
	// roomTimeout is how long it is waited for memory that others have, where a batch may fit with that.
	roomTimeout = 5 * time.Minute
	// again is how often it is tried again what waits for memory, or for a broker; seldomAgain for what only an
	// operator can change.
	again       = time.Second
	seldomAgain = 15 * time.Second
	// queuedLong is how long a batch may wait for its turn before that is told: until the one before it is
	// sent, where that is large, and a destination may be down for hours.
	queuedLong = 5 * time.Second
)

// Reader reads batches by themselves that the client cannot read, with the memory that is free.
type Reader struct {
	Connection      kafka.Connection
	ReadUncommitted bool
	// WaitForUnreadable has a batch that cannot be read tried again and again; else that is what is found.
	WaitForUnreadable bool
	// Turn is for one batch at a time, by all consumer groups of a process: what is being unpacked is held beside all
	// else.
	Turn   turn.Turn
	Window *offsets.Window
}

// Cut says that a log was cut off below an offset, and where: other records stand there now. The client, which finds
// that out, may not be told, or not yet.
type Cut offsets.Position

func (c *Cut) Error() string { return fmt.Sprintf("the log was cut off at offset %d", c.Offset) }

// Read reads a batch until it is known what becomes of it, and delivers that. It ends with ctx, and with the assignment. It
// reports what keeps it from the batch meanwhile.
func (r *Reader) Read(ctx context.Context, part *offsets.Tracker, b *Batch, report func(text string)) {
	short := shortage{}
	for ctx.Err() == nil && !part.Closed() {
		wait := again
		if all, room := r.room(); short.tryAgain(room, all, time.Now()) {
			f, most, err := r.try(ctx, part, b, report)
			var cut *Cut
			switch {
			case ctx.Err() != nil:
				return
			case errors.Is(err, errClients):
				b.Deliver(Finding{Batch: reader.Batch{Next: b.Offset, Epoch: b.Epoch}})
				return
			case errors.As(err, &cut):
				b.Deliver(Finding{Batch: reader.Batch{Next: b.Offset, Epoch: b.Epoch}, Cut: cut})
				return
			case err != nil && b.Silent:
				// The client asks again for ever where the broker says that, and does not tell.
				report(fmt.Sprintf("nothing comes of it, and reading the batch at offset %d fails: %v", b.Offset, err))
				b.Deliver(Finding{Batch: reader.Batch{Next: b.Offset, Epoch: b.Epoch}, Failed: true})
				return
			case err != nil:
				report(fmt.Sprintf("reading the batch at offset %d alone: %v", b.Offset, err))
			case f.Bad == nil, b.Silent:
				b.Deliver(f)
				return
			case f.Bad.Reason == message.ReasonBatchTooLarge && short.lasts(most, all, time.Now()):
				report(fmt.Sprintf("%v: it waits for what others have in flight", f.Bad))
			case r.WaitForUnreadable:
				report(waitsFor(f.Bad))
				wait = seldomAgain
			default:
				b.Deliver(f)
				return
			}
		}
		pause.For(ctx, wait)
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
	return s.since.IsZero() || room >= s.tried+s.tried/4 || room == all || now.Sub(s.since) >= roomTimeout
}

// lasts notes that so much memory was too little, and says whether it is to be waited for more.
func (s *shortage) lasts(most, all int64, now time.Time) bool {
	if s.since.IsZero() {
		s.since = now
	}
	s.tried = most
	return most < all && now.Sub(s.since) < roomTimeout
}

// errClients is for what the client finds out by itself, and acts on, when it asks for the partition: that
// the log begins behind the offset, or ends before it, or that the topic was deleted, or made again.
var errClients = errors.New("the client knows what to do")

// room returns the memory that a batch may take in all, and what of it is free now. An eighth of the
// window is left to others: while they wait for a destination, nothing would be read any more.
func (r *Reader) room() (all, room int64) {
	window, free := r.Window.Bytes()
	all = min(window/2+spare, math.MaxInt32)
	return all, min(all, max(free-window/8, 0)+spare)
}

// try reads a batch with the memory that is free, and returns how much that was. What the records
// take counts as in flight until the partition's mark has passed them; where that would be too much, the
// turn is kept as long.
func (r *Reader) try(ctx context.Context, part *offsets.Tracker, b *Batch, report func(string)) (f Finding, most int64, err error) {
	if err := r.awaitTurn(ctx, part, b, report); err != nil {
		return f, 0, err
	}
	over := r.Turn.Give
	defer func() { over() }()
	_, most = r.room()
	r.Window.Reserve(most - spare)
	defer r.Window.Return(most - spare)
	ctx, cancel := context.WithTimeout(ctx, readTimeout)
	defer cancel()
	if !b.Silent {
		runtime.GC() // the batch before this one may still be in memory, and this one is as large
	}
	f.Batch, err = r.read(ctx, part, b, most)
	if errors.As(err, &f.Bad) {
		return Finding{Batch: reader.Batch{Next: f.Bad.Next, Epoch: f.Bad.Epoch}, Bad: f.Bad}, most, nil
	}
	if n := len(f.Records); n > 0 && !b.Silent {
		last := f.Records[n-1]
		pinned, until := f.Weight, over
		if over = func() {}; pinned <= most-spare {
			until()
			until = func() {}
		} else {
			pinned = max(pinned-spare, 0)
		}
		part.Pin(pinned, last.Offset+1, until)
	}
	return f, most, err
}

// awaitTurn takes the turn, and reports of a partition that waits for it.
func (r *Reader) awaitTurn(ctx context.Context, part *offsets.Tracker, b *Batch, report func(string)) error {
	tell := time.NewTimer(queuedLong)
	defer tell.Stop()
	for {
		select {
		case r.Turn <- struct{}{}:
			return nil
		case <-ctx.Done():
			return ctx.Err()
		case <-tell.C:
			if part.Closed() {
				return errClients // nobody waits for it any more
			}
			if !b.Silent {
				report(fmt.Sprintf("the batch at offset %d can be read when another one, that takes much memory, is sent", b.Offset))
			}
			tell.Reset(queuedLong)
		}
	}
}

// read reads a batch with so many bytes of memory.
func (r *Reader) read(ctx context.Context, part *offsets.Tracker, b *Batch, most int64) (reader.Batch, error) {
	o := reader.Options{Connection: r.Connection, Topic: part.Topic, ReadUncommitted: r.ReadUncommitted, MostUnpacked: most, Timeout: readTimeout}
	// The client ends with ctx as well: it waits for a broker to greet it whatever becomes of what is asked.
	client, err := o.Connection.Probe(o.Timeout, kgo.WithContext(ctx))
	if err != nil {
		return reader.Batch{}, err
	}
	p := reader.New(o, client)
	defer p.Close()
	if err = p.Locate(ctx); err == nil && p.Origin() != part.Origin {
		err = errClients
	}
	if err != nil {
		return reader.Batch{}, forClient(err)
	}
	found, err := p.Batch(ctx, part.ID, b.Offset)
	if failed := b.follows(ctx, p, part.ID, found, err); failed != nil {
		return reader.Batch{}, forClient(failed)
	}
	return found, forClient(err)
}

// follows asks whether what was found behind what was read stands in the same log: a later leader may have begun below
// it (KIP-320). The error is a *Cut where it has, the broker's where that cannot be told.
func (b *Batch) follows(ctx context.Context, p *reader.Reader, partition int32, found reader.Batch, err error) error {
	var bad *reader.BatchError
	if errors.As(err, &bad) {
		found = reader.Batch{Next: bad.Next, Epoch: bad.Epoch}
	}
	if b.Epoch < 0 || found.Epoch == b.Epoch || found.Next <= b.Offset {
		return nil
	}
	end, err := p.EpochEnd(ctx, partition, b.Epoch)
	if err != nil {
		return err
	}
	if end.Offset >= 0 && end.Offset < b.Offset {
		return (*Cut)(&end)
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

// waitsFor says what a partition waits for, and what to do.
func waitsFor(bad *reader.BatchError) string {
	remedy := "raise limits.in_flight_bytes, of which it may take half and 32 MiB"
	if bad.Reason == message.ReasonBatchCorrupt {
		remedy = "have the broker's disks and the producer looked at"
	}
	return fmt.Sprintf("%v, and nothing behind it is read; %s, or set kafka.unreadable to dead_letter to go on behind it", bad, remedy)
}
