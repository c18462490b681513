package offsets

import (
	"math"
	"sync/atomic"
)

// Window bounds what one consumer group holds in memory: records between each partition's
// low-water mark and its newest registered record, and the bytes of those not yet settled and of
// their deliveries; and what was read and waits to be registered.
//
// A partition may hold at most as much as is still free (the dynamic threshold of Choudhury and
// Hahne, "Dynamic queue length thresholds for shared-memory packet switches", 1998). So one
// partition alone may take half, and one that is stuck behind a dead destination never takes
// what the others need. One read may bring more, of which is taken what three quarters of the window hold.
// Where many are, one after the other, each takes half of what is left: an eighth
// is kept back then, of which each may have an equal part.
type Window struct {
	maxRecords, maxBytes int64
	sharers              atomic.Int64 // partitions
	records, bytes       atomic.Int64 // all that is held
	aside                atomic.Int64 // bytes of what is no record in flight: it waits to be registered, or is reserved
	asideRecords         atomic.Int64 // that wait to be registered
	// freed holds a token when something was released since the last look.
	freed chan struct{}
	// passed counts the records that marks have passed since the last call of Passed, and due holds
	// a token once they are worth a commit. backlog says that they were, and some are left since.
	passed  atomic.Int64
	backlog atomic.Bool
	due     chan struct{}
}

// WorthCommit is how many settled records are worth a commit: so many that it costs less than a
// hundredth of what it cost to send them (BenchmarkCommit), and few enough to be sent again.
const WorthCommit = 1000

// NewWindow returns a window of the given size; both limits are at least 1.
func NewWindow(records int, bytes int64) *Window {
	return &Window{maxRecords: int64(max(records, 1)), maxBytes: max(bytes, 1), freed: make(chan struct{}, 1), due: make(chan struct{}, 1)}
}

// Held returns the records and bytes held now.
func (w *Window) Held() (records, bytes int64) { return w.records.Load(), w.bytes.Load() }

// Batch returns how many records to read next, at most so many: a small part of what is free, by
// the size of the records held now, so that no single read takes all of it. Not above zero when
// nothing is free.
func (w *Window) Batch(most int) int {
	records, bytes := w.Held()
	free := w.maxRecords - records
	// What waits to be registered takes a part only: it grows when it is. Where it has that, what is read must
	// not wait as well (Crowded), and others have the rest.
	crowded := w.Crowded()
	if records > 0 && bytes > 0 {
		each := max(bytes/records, 1)
		free = min(free, (w.maxBytes-bytes)/each)
		if !crowded {
			free = min(free, max((w.maxBytes-w.maxBytes/4-w.aside.Load())/each, 1))
		}
	}
	if !crowded {
		most = min(most, int(w.maxRecords-w.maxRecords/4-w.asideRecords.Load()))
	}
	if free <= 0 {
		return 0
	}
	return int(min(int64(max(most, 1)), max(free/4, 1), w.sip(records, bytes)))
}

// sip returns how many records one read may bring: where only what is kept back is left, what one partition may
// have of it, since all of them may be of one.
func (w *Window) sip(records, bytes int64) int64 {
	sip := int64(math.MaxInt64)
	if back, each := w.kept(w.maxRecords); w.maxRecords-records <= back {
		sip = each
	}
	if back, each := w.kept(w.maxBytes); records > 0 && w.maxBytes-bytes <= back {
		sip = min(sip, max(each/max(bytes/records, 1), 1))
	}
	return sip
}

// Crowded says whether what is no record in flight has all that it may have, and no more should wait to be
// registered: what waits may do so for as long as a schema registry is away.
func (w *Window) Crowded() bool {
	return w.aside.Load() >= w.maxBytes-w.maxBytes/4 || w.asideRecords.Load() >= w.maxRecords-w.maxRecords/4
}

// Share says how many partitions share the window.
func (w *Window) Share(partitions int) { w.sharers.Store(int64(partitions)) }

// fewSharers leave a 128th to the last of them if all others are stuck one after the other, and need nothing
// kept back.
const fewSharers = 7

// kept returns what of a limit is kept back for partitions that hold little, and what each of them may have
// of it: half an equal part, since one read may bring as much again.
func (w *Window) kept(limit int64) (back, each int64) {
	n := w.sharers.Load()
	if n <= fewSharers {
		return 0, 0
	}
	return limit / 8, max(limit/16/n, 1)
}

// allows returns what a partition may hold of one limit, of which so much is free.
func (w *Window) allows(limit, free int64) int64 {
	back, each := w.kept(limit)
	if free > back {
		return max(free-back, each)
	}
	return each
}

// CanTake says whether a partition that holds this much may take more.
func (w *Window) CanTake(records, bytes int64) bool {
	return records < w.allows(w.maxRecords, w.maxRecords-w.records.Load()) && bytes < w.allows(w.maxBytes, w.maxBytes-w.bytes.Load())
}

// CanResume says whether a paused partition should be resumed: it is below half of what it may hold,
// so that it is not paused again at once.
func (w *Window) CanResume(records, bytes int64) bool { return w.CanTake(2*records, 2*bytes) }

// Bytes returns how many bytes the window takes in all, and how many are free now.
func (w *Window) Bytes() (all, free int64) { return w.maxBytes, w.maxBytes - w.bytes.Load() }

// Reserve takes bytes for what is no record in flight, and Return gives them back.
func (w *Window) Reserve(bytes int64) {
	w.aside.Add(bytes)
	w.Hold(0, bytes)
}

// Return gives back bytes that were reserved.
func (w *Window) Return(bytes int64) {
	w.aside.Add(-bytes)
	w.Release(0, bytes)
}

// room returns how many bytes may be registered now. It is above zero where nothing is in flight: a
// record larger than the window passes alone. What is no record in flight leaves a quarter of it, or a batch
// that is as large as the window could never be worked on.
func (w *Window) room() int64 {
	aside := w.aside.Load()
	flying := w.bytes.Load() - aside
	room := max(w.maxBytes-flying-aside, w.maxBytes/4-flying)
	if flying <= 0 {
		return max(room, 1)
	}
	return room
}

// roomFor returns how many bytes may be registered now of a partition that has so many in flight: three quarters of
// what there is room for, with those. What one read brings is small beside what is free, but for the first, before
// it is known how large its records are. One record may be registered of a partition that has none in flight,
// whatever waits: it may wait itself.
func (w *Window) roomFor(flying int64) int64 {
	share := (3*w.room() - flying) / 4
	if flying <= 0 && w.bytes.Load()-w.aside.Load() < w.maxBytes {
		return max(share, 1)
	}
	return share
}

// Freed delivers a token after something was released. One reader is served.
func (w *Window) Freed() <-chan struct{} { return w.freed }

// Due delivers a token once WorthCommit records have been passed since the last call of Passed, and where
// the last record of such a backlog is passed. One reader is served.
func (w *Window) Due() <-chan struct{} { return w.due }

// Passed begins to count anew. It is called before the marks are read that are to be committed.
func (w *Window) Passed() {
	select {
	case <-w.due: // for what is counted until now
	default:
	}
	switch {
	case w.passed.Swap(0) >= WorthCommit:
		w.backlog.Store(true)
	case w.records.Load() == 0:
		w.backlog.Store(false)
	}
}

// pass releases records that a mark has passed.
func (w *Window) pass(records int64) {
	w.Release(records, 0)
	if w.passed.Add(records) < WorthCommit && (!w.backlog.Load() || w.records.Load() > 0) {
		return
	}
	select {
	case w.due <- struct{}{}:
	default:
	}
}

// Hold counts records that are in flight, and the bytes of them and of their deliveries.
func (w *Window) Hold(records, bytes int64) {
	w.records.Add(records)
	w.bytes.Add(bytes)
}

// Release gives back what was held.
func (w *Window) Release(records, bytes int64) {
	w.records.Add(-records)
	w.bytes.Add(-bytes)
	select {
	case w.freed <- struct{}{}:
	default:
	}
}
