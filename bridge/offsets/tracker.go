package offsets

import (
	"context"
	"sync"
	"sync/atomic"

	"github.com/sluice-bridge/sluice/bridge/offsets/progress"
	"github.com/sluice-bridge/sluice/internal/ring"
)

// Tracker is one assignment of a Kafka partition to this process: it knows which of its records
// are settled and so how far the offset may be committed. Kafka leaves gaps between offsets
// (compaction, transaction markers), so it never computes with them: it remembers the records in
// the order they came and takes the settled ones off the front.
//
// A new assignment gets a new Tracker. After Close nothing it still has in flight can move its
// mark: the broker does not check who owns a partition when an offset is committed.
type Tracker struct {
	Topic string
	ID    int32
	// Origin is what makes its offsets unique in the world: cluster and topic id.
	Origin TopicIdentity

	window *Window

	mu       sync.Mutex
	span     ring.Buffer[Entry]
	first    uint64 // sequence number of the front of span
	bytes    int64  // of the records in span that are not settled, of their deliveries, and of what is pinned
	pins     []pin  // by offset
	kept     charge // of what waits to be registered
	mark     Position
	progress progress.Progress
	metadata string        // of a commit, for marks below stale; empty before the first
	stale    int64         // the mark from which on the note says something else
	closed   atomic.Bool   // written with mu held
	idle     chan struct{} // closed when span is empty; nil while nobody waits
}

// Position is where a partition is settled up to, its low-water mark: every record before Offset is.
type Position struct {
	Offset int64 // the next offset to read; NotBegun: nothing is known yet
	Epoch  int32 // leader epoch of the last settled record, for truncation detection (KIP-320)
}

// NotBegun is the offset of a mark before it is known where reading begins.
const NotBegun = -1

// Entry is a record on its way.
type Entry struct {
	Offset  int64
	Epoch   int32
	Pending int32 // deliveries not yet acknowledged
	Bytes   int64
}

// NewTracker begins an assignment.
func NewTracker(topic string, id int32, origin TopicIdentity, window *Window) *Tracker {
	return &Tracker{Topic: topic, ID: id, Origin: origin, window: window, mark: Position{Offset: NotBegun, Epoch: -1}}
}

// Register appends records in the order they were read and returns the sequence number of the
// first; the others follow. A record without pending deliveries is settled at once. It reports
// false, and registers nothing, after Close.
func (p *Tracker) Register(batch []Entry) (uint64, bool) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.closed.Load() {
		return 0, false
	}
	if p.mark.Offset < 0 && len(batch) > 0 {
		p.mark.Offset = batch[0].Offset // where reading began
	}
	seq := p.first + uint64(p.span.Len()) //nolint:gosec // a length
	var bytes int64
	for i := range batch {
		if batch[i].Pending == 0 {
			batch[i].Bytes = 0
		}
		bytes += batch[i].Bytes
		p.span.Push(batch[i])
	}
	p.bytes += bytes
	p.window.Hold(int64(len(batch)), bytes)
	p.advance()
	return seq, true
}

// Begin says where reading starts and how far the destinations are done, before the first record:
// that may be committed at once, so that a partition which had no committed offset keeps its start
// through a restart.
func (p *Tracker) Begin(at Position, reach progress.Progress) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.progress, p.metadata = reach, ""
	if p.mark.Offset < 0 {
		p.mark = at
	}
}

// Skip moves the mark to an offset, where nothing is in flight: the log has nothing before it any more.
func (p *Tracker) Skip(to int64) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.closed.Load() || p.span.Len() > 0 || p.mark.Offset < 0 || p.mark.Offset >= to {
		return
	}
	p.mark, p.metadata = Position{Offset: to, Epoch: -1}, ""
}

// Settle implements Ack.
func (p *Tracker) Settle(seq uint64, held int64) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.closed.Load() {
		return
	}
	e := p.span.At(int(seq - p.first)) //nolint:gosec // within the span
	e.Pending--
	if e.Pending == 0 {
		held = e.Bytes // with what the record held itself
	}
	e.Bytes -= held
	p.bytes -= held
	p.window.Release(0, held)
	if e.Pending == 0 && seq == p.first {
		p.advance()
	}
}

// advance takes the settled records off the front. Called with mu held.
func (p *Tracker) advance() {
	var n int64
	for p.span.Len() > 0 && p.span.At(0).Pending == 0 {
		e := p.span.Pop()
		p.mark = Position{Offset: e.Offset + 1, Epoch: e.Epoch}
		n++
	}
	if n == 0 {
		return
	}
	p.first += uint64(n)
	p.unpin()
	p.window.pass(n)
	if p.idle != nil && p.span.Len() == 0 {
		close(p.idle)
		p.idle = nil
	}
}

// pin is memory that is held until the mark has reached an offset.
type pin struct {
	until, bytes int64
	over         func()
}

// Pin counts memory as held until the mark has reached an offset: that of records which were read as one,
// beside what each of them counts. Over is called when it is not any more, with the end of the assignment
// at the latest; it must not wait for anything.
func (p *Tracker) Pin(bytes, until int64, over func()) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.closed.Load() {
		over()
		return
	}
	p.pins = append(p.pins, pin{until, bytes, over})
	p.bytes += bytes
	p.window.Reserve(bytes)
}

// unpin gives back what the mark has passed. Called with mu held.
func (p *Tracker) unpin() {
	for len(p.pins) > 0 && p.mark.Offset >= p.pins[0].until {
		out := p.pins[0]
		p.pins = p.pins[1:]
		p.bytes -= out.bytes
		p.window.Return(out.bytes)
		out.over()
	}
}

// Committable returns the position that may be committed.
func (p *Tracker) Committable() Position {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.mark
}

// ToCommit returns the position that may be committed, and the metadata that a commit of it carries.
func (p *Tracker) ToCommit() (Position, string) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.metadata == "" || p.mark.Offset >= p.stale {
		p.metadata = p.progress.Metadata(p.Origin.Fingerprint(), p.mark.Offset)
		p.stale = p.progress.StaleAt(p.mark.Offset)
	}
	return p.mark, p.metadata
}

// Progress returns how far destinations are done apart from that.
func (p *Tracker) Progress() progress.Progress {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.progress
}

// Held returns the records between the mark and the newest one, and the bytes not yet settled.
func (p *Tracker) Held() (records, bytes int64) {
	p.mu.Lock()
	defer p.mu.Unlock()
	return int64(p.span.Len()), p.bytes
}

// Room returns how many bytes of it may be registered now.
func (p *Tracker) Room() int64 {
	p.mu.Lock()
	flying := p.bytes
	for _, pin := range p.pins {
		flying -= pin.bytes
	}
	p.mu.Unlock()
	return p.window.roomFor(flying)
}

// Full says whether nothing of it may be registered now.
func (p *Tracker) Full() bool { return p.Room() <= 0 }

// Pending returns how many deliveries are not acknowledged.
func (p *Tracker) Pending() int {
	p.mu.Lock()
	defer p.mu.Unlock()
	n := 0
	for i := range p.span.Len() {
		n += int(p.span.At(i).Pending)
	}
	return n
}

// Drain waits until everything registered is settled, the partition is closed, or ctx ends. It
// reports whether nothing is left.
func (p *Tracker) Drain(ctx context.Context) bool {
	p.mu.Lock()
	if p.closed.Load() || p.span.Len() == 0 {
		empty := p.span.Len() == 0
		p.mu.Unlock()
		return empty
	}
	if p.idle == nil {
		p.idle = make(chan struct{})
	}
	idle := p.idle
	p.mu.Unlock()
	select {
	case <-idle:
	case <-ctx.Done():
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.span.Len() == 0
}

// Close ends the assignment: its mark stands still, late acknowledgements change nothing, and
// lanes throw away what they have not sent of it.
func (p *Tracker) Close() {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.closed.Load() {
		return
	}
	p.closed.Store(true)
	for _, pin := range p.pins {
		p.bytes -= pin.bytes
		p.window.Return(pin.bytes)
		pin.over()
	}
	p.pins = nil
	p.window.Release(int64(p.span.Len()), p.bytes)
	p.window.keep(p.kept, -1)
	p.bytes, p.kept = 0, charge{}
	if p.idle != nil {
		close(p.idle)
		p.idle = nil
	}
}

// Closed implements Ack.
func (p *Tracker) Closed() bool { return p.closed.Load() }
