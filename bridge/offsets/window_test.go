package offsets

import (
	"bytes"
	"testing"

	"github.com/twmb/franz-go/pkg/kgo"

	"github.com/sluice-bridge/sluice/bridge/memory"
)

// Alone, a partition may take half of the window; beside one that is stuck with its share, another
// still gets one.
func TestWindowSharesRecordsBetweenPartitions(t *testing.T) {
	w := NewWindow(1200, 1<<30)
	fill := func() (n int64) {
		for w.CanTake(n, 0) {
			w.Hold(1, 0)
			n++
		}
		return n
	}
	for i, want := range []int64{600, 300, 150} {
		if got := fill(); got != want {
			t.Errorf("partition %d takes %d, want %d", i, got, want)
		}
	}
}

// However many partitions are stuck one after the other, each with all that it may take, the last one may read,
// and no more is held than there is room for.
func TestWindowLeavesRoomBesideManyStuckPartitions(t *testing.T) {
	for _, partitions := range []int{2, 4, 7, 8, 12, 51, 501} {
		for _, size := range []int64{100, 6000} { // so that records are scarce, or bytes
			w := NewWindow(10_000, 64<<20)
			w.Share(partitions)
			for range partitions - 1 {
				for held := int64(0); w.CanTake(held, held*size); {
					n := int64(w.Batch(1000))
					if n == 0 {
						break
					}
					w.Hold(n, n*size)
					held += n
				}
			}
			if records, bytes := w.Held(); records > 10_000 || bytes > 64<<20 {
				t.Errorf("of %d partitions %d records are held, %d bytes", partitions, records, bytes)
			}
			for range 100 {
				if !w.CanTake(0, 0) || w.Batch(1000) == 0 {
					t.Fatalf("the last of %d partitions may read nothing", partitions)
				}
				n := int64(w.Batch(1000))
				w.Hold(n, n*size)
				w.Release(n, n*size)
			}
		}
	}
}

func TestWindowSharesBytesBetweenPartitions(t *testing.T) {
	w := NewWindow(1<<20, 1000)
	w.Hold(1, 600)
	if w.CanTake(1, 600) {
		t.Error("a partition with more bytes than are free takes more")
	}
	if !w.CanTake(1, 100) {
		t.Error("a partition with little is held up")
	}
}

// No single read takes everything that is free, and there is always a next one while anything is.
func TestWindowBatchLeavesSomethingFree(t *testing.T) {
	for _, c := range []struct {
		name           string
		records, bytes int64
		most, want     int
	}{
		{"empty", 0, 0, 1000, 250},
		{"no more than asked", 0, 0, 10, 10},
		{"half full", 500, 1, 1000, 125},
		{"nearly full", 999, 1, 1000, 1},
		{"full", 1000, 1, 1000, 0},
		{"overfull", 1500, 1, 1000, 0},
		{"by bytes", 10, 5000, 1000, 2}, // of 500 each; ten fit into what is free
		{"bytes nearly full", 10, 9800, 1000, 0},
		{"bytes overfull", 10, 20000, 1000, 0},
		{"settled bytes count no more", 100, 0, 1000, 225},
	} {
		w := NewWindow(1000, 10_000)
		w.Hold(c.records, c.bytes)
		if got := w.Batch(c.most); got != c.want {
			t.Errorf("%s: %d, want %d", c.name, got, c.want)
		}
	}
}

// A record larger than the window is read when nothing else is held.
func TestWindowReadsAHugeRecordAlone(t *testing.T) {
	w := NewWindow(100, 10)
	w.Hold(1, 1<<30)
	if w.Batch(10) != 0 {
		t.Error("more is read beside it")
	}
	w.Release(1, 1<<30)
	if w.Batch(10) == 0 {
		t.Error("nothing is read after it")
	}
}

// Between pause and resume lies a distance, else a partition would flutter.
func TestWindowResumesWellBelowItsLimit(t *testing.T) {
	w := NewWindow(1000, 1<<30)
	w.Hold(500, 0)
	held := int64(500)
	if w.CanTake(held, 0) {
		t.Fatal("not paused at its limit")
	}
	for !w.CanResume(held, 0) {
		w.Release(1, 0)
		held--
	}
	if held > 350 || held < 300 {
		t.Errorf("resumed at %d", held)
	}
	if !w.CanTake(held+50, 0) {
		t.Error("paused again at once")
	}
}

func TestWindowTellsWhenSomethingIsReleased(t *testing.T) {
	w := NewWindow(10, 10)
	w.Hold(2, 2)
	select {
	case <-w.Freed():
		t.Fatal("freed before a release")
	default:
	}
	w.Release(1, 1)
	w.Release(1, 1) // does not block though nobody looks
	<-w.Freed()
	select {
	case <-w.Freed():
		t.Fatal("more than one token")
	default:
	}
}

func TestWindowWithoutRoomReadsOneRecord(t *testing.T) {
	if w := NewWindow(0, 0); w.Batch(10) != 1 {
		t.Error("a window without room reads nothing, ever")
	}
}

// A commit is due for every so many records, and for what is left where there are no more.
func TestWindowTellsWhenACommitIsDue(t *testing.T) {
	w := NewWindow(10*WorthCommit, 1<<20)
	due := func() bool {
		select {
		case <-w.Due():
			w.Passed()
			return true
		default:
			return false
		}
	}
	pass := func(n int64) {
		w.Hold(n, 0)
		w.pass(n)
	}
	w.Hold(1, 0) // there is more all the time
	pass(WorthCommit - 1)
	if due() {
		t.Error("due for few")
	}
	pass(1)
	pass(WorthCommit)
	if !due() {
		t.Error("not due for many")
	}
	if due() {
		t.Error("due twice for the same")
	}
	pass(5)
	if due() {
		t.Error("due for few, while there is more")
	}
	w.pass(1)
	if !due() {
		t.Error("not due where the backlog ended")
	}
	pass(5)
	if due() {
		t.Error("due for few without a backlog")
	}
}

// What is reserved or pinned, even more than all of the window, lets what is in flight go on in a quarter
// of it.
func TestReservedMemoryLeavesAQuarterToGoOn(t *testing.T) {
	w := NewWindow(1000, 100<<10)
	p := NewTracker("t", 0, TopicIdentity{}, w)
	w.Reserve(200 << 10)
	p.Pin(100<<10, 5, func() {})
	if n := w.room(); n != 25<<10 {
		t.Errorf("%d bytes may be registered", n)
	}
	seq, _ := p.Register([]Entry{{Offset: 3, Pending: 1, Bytes: 30 << 10}, {Offset: 4, Pending: 1, Bytes: 1}})
	if !p.Full() {
		t.Error("more than a quarter may be registered")
	}
	p.Settle(seq, 0)
	if p.Full() {
		t.Error("nothing may be registered when it is settled")
	}
	p.Close()
	w.Return(200 << 10)
	if _, held := w.Held(); held != 0 || w.room() != 100<<10 {
		t.Errorf("%d bytes are held in the end", held)
	}
}

// What waits to be registered is counted, and is out of the fetch; it leaves room to go on.
func TestKeptRecordsAreCopiedAndCounted(t *testing.T) {
	w := NewWindow(1000, 100<<10)
	p := NewTracker("t", 0, TopicIdentity{}, w)
	value := bytes.Repeat([]byte("v"), 10<<10)
	var records []*kgo.Record
	for range 8 {
		records = append(records, &kgo.Record{Value: value})
	}
	waiting := NewWaiting(p)
	waiting.Add(records)
	waiting.Keep()
	kept := waiting.Records
	if n, counted := w.Held(); n != 8 || counted < 80<<10 || counted > 85<<10 {
		t.Errorf("%d records of %d bytes", n, counted)
	}
	if !bytes.Equal(kept[1].Value, value) || memory.PartOf(kept[1].Value, records[1]) {
		t.Error("what is kept is in the memory of the fetch")
	}
	if n := w.Batch(100); n != 1 || !w.Crowded() {
		t.Errorf("%d more are read: others are to go on, and nothing more is to wait", n)
	}
	if n := w.room(); n <= 0 || n > 25<<10 {
		t.Errorf("%d bytes may be registered", n)
	}
	waiting.Taken(1)
	if n, counted := w.Held(); n != 7 || counted > 75<<10 {
		t.Errorf("%d records of %d bytes after one was taken", n, counted)
	}
	p.Close()
	waiting.Taken(7)
	if records, counted := w.Held(); records != 0 || counted != 0 || w.room() != 100<<10 {
		t.Errorf("%d records of %d bytes are left", records, counted)
	}
}
