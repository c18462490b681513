package bridge

import (
	"testing"

	"github.com/twmb/franz-go/pkg/kgo"
)

// Two destinations may refuse the same record: both letters have to arrive in one FIFO queue.
func TestLetterIdentity(t *testing.T) {
	window := NewWindow(10, 1000)
	part := NewPartition("t", 0, NewOrigin("c", "t", [16]byte{1}), window)
	record := &kgo.Record{Topic: "t", Value: []byte("v")}
	id := func(destination string) string {
		m := envelope(DeadLetter{Record: record, Destination: destination}, part.Origin, "", Destination{Name: "dlq", FIFO: true})
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
