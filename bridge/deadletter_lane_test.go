package bridge

import (
	"testing"
	"testing/synctest"
	"time"

	"github.com/twmb/franz-go/pkg/kgo"
)

// A dead letter that finds its lane closed ends with the dead letters: it must not try for ever.
func TestLetterToClosedLane(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := newRig(t, &fakeSink{})
		r.letters.ToLane(r.lane)
		r.lane.Close()
		r.letters.bury(r.delivery("x"), "d", ReasonRejected, &Failure{Code: "c"})
		time.Sleep(time.Minute)
		r.end()
		r.letters.Wait()
		if r.part.Mark().Offset >= 1 {
			t.Error("settled without acknowledgement")
		}
	})
}

// A dead letter whose lane is retired goes to the lane that follows, with the ids that this one
// needs.
func TestLetterFollowsTarget(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := newRig(t, &fakeSink{})
		defer r.close()
		next := &fakeSink{limits: Limits{MaxMessageBytes: 1 << 20, MaxBatchBytes: 1 << 20}, answer: func(_ int, batch []*Message, _ []*Failure) *Failure {
			if batch[0].GroupID == "" || batch[0].DeduplicationID == "" {
				t.Error("a FIFO destination got a letter without ids")
			}
			return nil
		}}
		lane := r.newLane(next, fifo)
		defer lane.Close()
		r.letters.ToLane(r.lane)
		r.lane.Retire()
		r.letters.bury(r.delivery("x"), "d", ReasonRejected, &Failure{Code: "c"})
		pass(10 * time.Second)
		r.letters.ToLane(lane)
		pass(time.Minute)
		if len(next.accepted()) != 1 {
			t.Fatalf("%d letters arrived", len(next.accepted()))
		}
		r.settled()
	})
}

// Two destinations may refuse the same record: both letters have to arrive in one FIFO queue.
func TestLetterIdentity(t *testing.T) {
	window := NewWindow(10, 1000)
	part := NewPartition("t", 0, NewOrigin("c", "t", [16]byte{1}), window)
	record := &kgo.Record{Topic: "t", Value: []byte("v")}
	id := func(destination string) string {
		d := &delivery{record: record, part: part}
		m := envelope(d, DeadLetter{Record: record, Destination: destination}, Destination{Name: "dlq", FIFO: true})
		return m.DeduplicationID
	}
	st, _ := newStamp(record, part.Origin, "", nil)
	a, b := id("a"), id("b")
	if a == b || a == st.deduplication {
		t.Errorf("letters %q and %q of record %q", a, b, st.deduplication)
	}
	if again := id("a"); a != again {
		t.Errorf("%q, and %q at redelivery", a, again)
	}
}

// What another member reads again is not this one's to dead-letter.
func TestLetterOfEndedAssignment(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := newRig(t, &fakeSink{})
		defer r.close()
		d := r.delivery("x")
		r.part.Close()
		r.letters.bury(d, "d", ReasonRejected, &Failure{Code: "c"})
		synctest.Wait()
		if len(r.writer.values()) != 0 {
			t.Error("written")
		}
	})
}
